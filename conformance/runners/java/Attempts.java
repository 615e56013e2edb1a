import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The attempts of one call, of which the last one decides, in the light of those before it. */
final class Attempts {
    private static final Map<String, String> GET_FORM = Map.of("deleteUnsubscribe", "deleteUnsubscribeWithGet");
    private static final String ONLY_READS = "listUnsubscribes"; // nothing can come of it at the server

    private final JsonNode call;
    private final Function<String, Verdict> attempt;
    private boolean doubt;

    /** @param attempt makes one request, for an operation */
    Attempts(JsonNode call, Function<String, Verdict> attempt) {
        this.call = call;
        this.attempt = attempt;
    }

    ObjectNode carryOut() {
        String operation = call.get("operation").asText();
        boolean auto = is(call, "method", "auto");
        int left = call.get("retries").asInt();
        while (true) {
            Verdict verdict = attempt.apply(operation);
            doubt |= verdict.report().path("maybe_applied").asBoolean() && !operation.equals(ONLY_READS);
            if (verdict.unheard() && auto && GET_FORM.containsKey(operation)) {
                operation = GET_FORM.get(operation);
            } else if (verdict.again() && left > 0) {
                left--;
            } else {
                return settled(verdict.report());
            }
        }
    }

    /**
     * Where an earlier attempt may have been done, an unknown id is one that is gone, and an address that is listed
     * already is one that was added.
     */
    private ObjectNode settled(ObjectNode said) {
        if (!said.has("maybe_applied")) {
            return said; // no failure
        }
        if (is(said, "error", "not_found") && (doubt || call.get("missing_ok").asBoolean())) {
            return said.put("result", "already_gone").retain("result", "code", "message");
        }
        said.put("maybe_applied", doubt);
        return doubt && is(said, "name", "ALREADY_LISTED") ? addedBefore().orElse(said) : said;
    }

    /** Looks the address up in the list, which has the id that was lost with the answer to its addition. */
    private Optional<ObjectNode> addedBefore() {
        ObjectNode list = attempt.apply("listUnsubscribes").report();
        String wanted = comparable(call.at("/arguments/email").asText());
        Optional<JsonNode> id = Optional.empty();
        for (JsonNode row : list.path("entries")) {
            if (comparable(row.get("email").asText()).equals(wanted)) {
                id = Optional.of(row.get("id"));
            }
        }
        return id.map(found -> list.put("result", "added").<ObjectNode>set("id", found).without("entries"));
    }

    /** An address as it is compared: case counts before the @ (RFC 5321, 2.4), never after it. */
    private static String comparable(String email) {
        int at = email.lastIndexOf('@') + 1;
        return email.substring(0, at) + email.substring(at).toLowerCase(Locale.ROOT);
    }

    private static boolean is(JsonNode node, String name, String value) {
        return node.path(name).asText().equals(value);
    }
}
