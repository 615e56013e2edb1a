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
    ObjectNode of(String operation, Object model, int status) {
        Answer answer = Answer.of(model);
        if (answer == null || answer.success == null) {
            return unreadable(status);
        }
        Code known = listed(operation, answer.code);
        boolean contradiction = known != null && known.error.equals("success") != answer.success;
        ObjectNode said = answer.success ? answer.done : refusal(known, answer, status);
        if (contradiction || said == null) {
            return unreadable(status);
        }
        return said.put("code", answer.code).put("message", answer.message);
    }

    private static ObjectNode refusal(Code known, Answer answer, int status) {
        boolean doubt = known == null ? status >= 500 : known.error.equals("server");
        ObjectNode said = failure("refused", doubt).set("errors", CLIENT_JSON.valueToTree(answer.errors));
        return known == null ? said : said.put("error", known.error).put("name", known.name);
    }

    static ObjectNode unreadable(int status) {
        return status == 429
                ? failure("refused", false).put("error", "rate_limit")
                : failure("unreadable", status != 405).put("status", status);
    }

    static ObjectNode failure(String result, boolean maybeApplied) {
        return JsonNodeFactory.instance.objectNode().put("result", result).put("maybe_applied", maybeApplied);
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
                ObjectNode done = it.getStopId() == null ? null : done("added").put("id", it.getStopId());
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
            List<Unsubscribe> rows = list.getData();
            if (rows == null || list.getNbData() != null && list.getNbData() != rows.size()) {
                return null;
            }
            ObjectNode said = done("listed");
            ArrayNode entries = said.putArray("entries");
            for (Unsubscribe row : rows) {
                if (row.getId() == null || row.getId() < 1 || row.getEmail() == null || row.getEmail().isEmpty()) {
                    return null;
                }
                ObjectNode entry = entries.addObject().put("id", row.getId()).put("email", row.getEmail());
                entry.put("createdAt", row.getCreatedAt());
            }
            return said;
        }
    }
}
