import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.model.Addition;
import org.openapitools.client.model.Outcome;
import org.openapitools.client.model.OutcomeError;
import org.openapitools.client.model.Unsubscribe;
import org.openapitools.client.model.UnsubscribeList;

/**
 * What an answer of the generated client means, by the rules in ../../README.md. Names and classes of codes come from
 * the document, so that a new code needs no new program.
 */
final class Outcomes {
    private static final ObjectMapper CLIENT_JSON = ApiClient.createDefaultObjectMapper();

    private final JsonNode schemas;
    private final Map<String, JsonNode> lists = new HashMap<>();

    Outcomes(JsonNode document) {
        schemas = document.at("/components/schemas");
        for (JsonNode item : document.get("paths")) {
            for (JsonNode operation : item) {
                lists.put(operation.path("operationId").asText(), operation.path("x-codes"));
            }
        }
    }

    /** What an answer says: `success` first, then `code`. */
    Verdict of(String operation, Object model, int status) {
        Answer answer = Answer.of(model);
        if (answer == null || answer.success == null) {
            return Verdict.unreadable(status);
        }
        Code known = listed(operation, answer.code);
        boolean contradiction = known != null && known.error.equals("success") != answer.success;
        if (contradiction) {
            return Verdict.unreadable(status);
        }
        if (answer.success && answer.done == null) {
            return Verdict.lacking();
        }
        Verdict verdict = answer.success ? Verdict.last(answer.done) : refusal(known, answer, status);
        verdict.report().put("code", answer.code).put("message", answer.message);
        return verdict;
    }

    private static Verdict refusal(Code known, Answer answer, int status) {
        Verdict verdict = known == null ? Verdict.refused(status) : Verdict.refused(known.name, known.error);
        verdict.report().set("errors", CLIENT_JSON.valueToTree(answer.errors));
        return verdict;
    }

    /** The name and the class of a code, or null where the document does not list it. */
    private Code listed(String operation, Integer code) {
        for (JsonNode name : lists.get(operation)) {
            JsonNode list = schemas.get(name.asText());
            for (int place = 0; code != null && place < list.get("enum").size(); place++) {
                if (list.get("enum").get(place).asInt() == code) {
                    JsonNode names = list.get("x-enum-varnames");
                    return new Code(names.get(place).asText(), list.get("x-enum-classes").get(place).asText());
                }
            }
        }
        return null;
    }

    private record Code(String name, String error) {}

    /**
     * What the answers of all operations have in common: the generated classes have no type for it.
     *
     * @param done what is reported if it is a success; null if that lacks something
     */
    private record Answer(Boolean success, Integer code, String message, List<OutcomeError> errors, ObjectNode done) {
        static Answer of(Object model) {
            if (model instanceof Outcome it) {
                return new Answer(it.getSuccess(), it.getCode(), it.getMessage(), it.getErrors(), done("deleted"));
            }
            if (model instanceof Addition it) {
                boolean hasId = it.getStopId() != null && it.getStopId() > 0;
                ObjectNode done = hasId ? done("added").put("id", it.getStopId()) : null;
                return new Answer(it.getSuccess(), it.getCode(), it.getMessage(), it.getErrors(), done);
            }
            if (model instanceof UnsubscribeList it) {
                return new Answer(it.getSuccess(), it.getCode(), it.getMessage(), it.getErrors(), rows(it));
            }
            return null;
        }

        private static ObjectNode done(String result) {
            return JsonNodeFactory.instance.objectNode().put("result", result);
        }

        private static ObjectNode rows(UnsubscribeList list) {
            Integer count = list.getNbData();
            List<Unsubscribe> rows = list.getData() == null && count != null ? List.of() : list.getData();
            if (rows == null || count != null && count != rows.size()) {
                return null;
            }
            ObjectNode said = done("listed");
            ArrayNode entries = said.putArray("entries");
            for (Unsubscribe row : rows) {
                if (!usable(row)) {
                    return null;
                }
                ObjectNode entry = entries.addObject().put("id", row.getId()).put("email", row.getEmail());
                entry.put("createdAt", row.getCreatedAt());
            }
            return said;
        }

        private static boolean usable(Unsubscribe row) {
            boolean hasId = row != null && row.getId() != null && row.getId() > 0;
            return hasId && row.getEmail() != null && !row.getEmail().isEmpty();
        }
    }
}
