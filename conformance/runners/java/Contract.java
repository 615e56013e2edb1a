import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** What the document says of each operation, so that no operation and no code stands in the program. */
final class Contract {
    private final JsonNode document;
    private final Map<String, JsonNode> operations = new HashMap<>();

    Contract(JsonNode document) {
        this.document = document;
        for (JsonNode item : document.get("paths")) {
            for (JsonNode operation : item) {
                operations.put(operation.path("operationId").asText(), operation);
            }
        }
    }

    /** Whether an operation has a mark, such as x-safe. */
    boolean marked(String operation, String mark) {
        return operations.get(operation).path(mark).asBoolean();
    }

    /** The same operation by another HTTP method; null where there is none. */
    String alias(String operation) {
        for (Map.Entry<String, JsonNode> each : operations.entrySet()) {
            if (each.getValue().path("x-alias-of").asText().equals(operation)) {
                return each.getKey();
            }
        }
        return null;
    }

    /** The first part of the name of the generated class that has an operation. */
    String group(String operation) {
        return operations.get(operation).at("/tags/0").asText();
    }

    boolean hasBody(String operation) {
        return operations.get(operation).has("requestBody");
    }

    /** The schema of an operation's answer. */
    JsonNode answer(String operation) {
        JsonNode answer = resolved(operations.get(operation).at("/responses/200"));
        return resolved(answer.at("/content/application~1json/schema"));
    }

    /** What a reference leads to. */
    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** What a code means: the first list of the operation that has it decides; null where the document has none. */
    Code listed(String operation, JsonNode code) {
        for (JsonNode lists : operations.get(operation).get("x-codes")) {
            JsonNode list = document.at("/components/schemas/" + lists.asText());
            for (int row = 0; row < list.get("enum").size(); row++) {
                if (list.get("enum").get(row).asText().equals(code.asText())) {
                    String name = cell(list, "varnames", row);
                    return new Code(name, cell(list, "classes", row), cell(list, "effects", row));
                }
            }
        }
        return null;
    }

    private static String cell(JsonNode list, String column, int row) {
        return list.get("x-enum-" + column).get(row).asText();
    }

    record Code(String name, String error, String effect) {}
}
