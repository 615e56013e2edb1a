import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;

/** What an answer of the generated client means, by the rules in ../../README.md. */
final class Outcomes {
    private static final ObjectMapper CLIENT_JSON = ApiClient.createDefaultObjectMapper();
    private static final List<String> TEXTS = List.of("success", "code", "message", "errors");

    private final Contract contract;

    Outcomes(Contract contract) {
        this.contract = contract;
    }

    /** What an answer says: `success` first, then `code`. Read as JSON: the generated classes share no type. */
    Verdict of(String operation, Object model, int status) {
        JsonNode answer = CLIENT_JSON.valueToTree(model);
        if (!answer.hasNonNull("success")) {
            return Verdict.unreadable(status);
        }
        boolean success = answer.get("success").asBoolean();
        Contract.Code known = contract.listed(operation, answer.path("code"));
        if (known != null && known.effect().equals("applied") != success) {
            return Verdict.unreadable(status);
        }
        Verdict verdict = success ? done(operation, answer) : refusal(known, answer, status);
        if (!verdict.is("unreadable")) {
            verdict.report().set("code", answer.path("code"));
            verdict.report().set("message", answer.path("message"));
        }
        return verdict;
    }

    private Verdict done(String operation, JsonNode answer) {
        ObjectNode data = fields(answer, contract.answer(operation));
        if (data == null || !isWhole(data)) {
            return Verdict.lacking();
        }
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("result", "done");
        report.set("data", data.without(TEXTS));
        return Verdict.last(report);
    }

    private static Verdict refusal(Contract.Code known, JsonNode answer, int status) {
        Verdict verdict = known == null ? Verdict.refused(status) : Verdict.refused(known);
        verdict.report().set("errors", answer.path("errors"));
        return verdict;
    }

    /** The fields of an object that the document names; null where one that is essential has no value. */
    private ObjectNode fields(JsonNode object, JsonNode schema) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
            JsonNode value = fitting(object.get(property.getKey()), contract.resolved(property.getValue()));
            if (value != null) {
                fields.set(property.getKey(), value);
            }
        }
        for (JsonNode name : schema.path("x-essential")) {
            JsonNode value = fields.path(name.asText());
            if (value.isMissingNode() || value.isTextual() && value.asText().isBlank()) {
                return null;
            }
        }
        return fields;
    }

    /** A value, or null for what has no meaning: a whole number of 64 bits is an id, which begins at 1. */
    private JsonNode fitting(JsonNode value, JsonNode schema) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isObject()) {
            return fields(value, schema);
        }
        if (!value.isArray()) {
            boolean noId = schema.path("format").asText().equals("int64") && value.asLong() < 1;
            return noId ? null : value;
        }
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : value) {
            JsonNode fits = fitting(item, contract.resolved(schema.get("items")));
            if (fits == null) {
                return null;
            }
            items.add(fits);
        }
        return items;
    }

    /** `nbData` is how many rows there are in `data`. */
    private static boolean isWhole(JsonNode data) {
        return !data.has("nbData") || data.get("nbData").asInt() == data.path("data").size();
    }
}
