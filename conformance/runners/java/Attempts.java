import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/** The attempts of one call, of which the last one decides, in the light of those before it. */
final class Attempts {
    private final JsonNode call;
    private final Contract contract;
    private final Function<String, Verdict> attempt;

    /** @param attempt makes one request, for an operation */
    Attempts(JsonNode call, Contract contract, Function<String, Verdict> attempt) {
        this.call = call;
        this.contract = contract;
        this.attempt = attempt;
    }

    ObjectNode carryOut() {
        String operation = call.get("operation").asText();
        boolean auto = call.get("method").asText().equals("auto");
        int left = call.get("retries").asInt();
        boolean doubt = false;
        while (true) {
            Verdict verdict = attempt.apply(operation);
            doubt |= verdict.report().path("maybe_applied").asBoolean() && !contract.marked(operation, "x-safe");
            if (verdict.unheard() && auto && contract.alias(operation) != null) {
                operation = contract.alias(operation);
            } else if (left > 0 && mayRepeat(operation, verdict.again())) {
                left--;
            } else {
                return settled(verdict, doubt);
            }
        }
    }

    private boolean mayRepeat(String operation, Verdict.Again again) {
        boolean idempotent = contract.marked(operation, "x-idempotent");
        return again == Verdict.Again.ALWAYS || again == Verdict.Again.IF_IDEMPOTENT && idempotent;
    }

    /** What the last answer means after the attempts before it. */
    private ObjectNode settled(Verdict verdict, boolean doubt) {
        ObjectNode said = verdict.report();
        if (verdict.settles() && (doubt || call.get("already_ok").asBoolean())) {
            return said.put("result", "already_done").retain("result", "code", "message");
        }
        return said.has("maybe_applied") ? said.put("maybe_applied", doubt) : said;
    }
}
