/*
 * The runner of a Java client made by openapi-generator (`-g java --library native`: java.net.http and Jackson).
 *
 * Traps for everybody who uses such a client, all seen with openapi-generator 7.26.0 on Java 17:
 *
 * - It ignores an API key that belongs in the query, so the key has to be added to the URI. See api().
 * - At a status outside 2xx it throws ApiException with the body as text. The outcome is in that body: decode it with
 *   the generated model, as in attempt().
 * - java.net.http sends a GET again by itself where the connection closes before the answer. A deletion that was done
 *   then comes back as an unknown id. ./run switches that off: -Djdk.httpclient.redirects.retrylimit=1.
 * - It decodes bodies in the charset of the machine, before Java 18: ./run says -Dfile.encoding=UTF-8.
 * - A list that is not in the answer comes as an empty list.
 * - Jackson takes "true" and 1 for a boolean, cuts 200.5 to 200, and reads no further than the end of the first object.
 *   ApiClient.setObjectMapper() takes a stricter one; here it stays as the generator makes it.
 * - It checks no argument, and waits forever unless told how long.
 *
 * java.net.http follows no redirect unless told to.
 */

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.UnsubscribesApi;
import org.openapitools.client.model.Addition;
import org.openapitools.client.model.Outcome;
import org.openapitools.client.model.UnsubscribeAddition;
import org.openapitools.client.model.UnsubscribeList;

/** Carries out calls with the generated client, and says what came of them. */
final class Runner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CLIENT_JSON = ApiClient.createDefaultObjectMapper();
    private static final Map<String, Class<?>> MODELS =
            Map.of("addUnsubscribe", Addition.class, "listUnsubscribes", UnsubscribeList.class);

    private final String url;
    private final Outcomes outcomes;

    Runner(String url, Outcomes outcomes) {
        this.url = url;
        this.outcomes = outcomes;
    }

    public static void main(String[] arguments) throws IOException {
        Outcomes outcomes = new Outcomes(JSON.readTree(new File(System.getenv("SPEC"))));
        Runner runner = new Runner(System.getenv("CONFORMANCE_URL"), outcomes);
        for (JsonNode call : JSON.readTree(new File(System.getenv("CONFORMANCE_CALLS")))) {
            System.out.println(JSON.writeValueAsString(runner.report(call).set("case", call.get("case"))));
        }
    }

    private ObjectNode report(JsonNode call) {
        if (needs(call, "xml")) {
            return JSON.createObjectNode().put("cannot", "the JSON-only profile has no XML");
        }
        ObjectNode said = new Attempts(call, operation -> attempt(operation, call)).carryOut();
        boolean unchecked = needs(call, "check") && !said.path("result").asText().equals("not_sent");
        return unchecked
                ? JSON.createObjectNode().put("cannot", "the generated client does not check this argument")
                : said;
    }

    private Verdict attempt(String operation, JsonNode call) {
        try {
            ApiResponse<?> response = send(operation, call);
            return outcomes.of(operation, response.getData(), response.getStatusCode());
        } catch (ArithmeticException e) {
            return Verdict.last(JSON.createObjectNode().put("result", "not_sent")); // an id that no long can hold
        } catch (ApiException e) {
            if (e.getCode() != 0) {
                return outcomes.of(operation, decoded(operation, e.getResponseBody()), e.getCode());
            }
            boolean arrived = e.getCause() instanceof JsonProcessingException;
            return arrived ? Verdict.unreadable(200) : Verdict.noAnswer();
        }
    }

    private ApiResponse<?> send(String operation, JsonNode call) throws ApiException {
        String key = call.get("key").asText();
        JsonNode arguments = call.get("arguments");
        switch (operation) {
            case "listUnsubscribes":
                return api(key).listUnsubscribesWithHttpInfo();
            case "deleteUnsubscribe":
                return api(key).deleteUnsubscribeWithHttpInfo(id(arguments));
            case "deleteUnsubscribeWithGet":
                return api(key).deleteUnsubscribeWithGetWithHttpInfo(id(arguments));
            case "addUnsubscribe":
                String email = arguments.get("email").asText();
                return api(null).addUnsubscribeWithHttpInfo(new UnsubscribeAddition().apiKey(key).email(email));
            default:
                throw new IllegalArgumentException("The contract has no operation " + operation);
        }
    }

    private static long id(JsonNode arguments) {
        return arguments.get("id").bigIntegerValue().longValueExact();
    }

    /** The generated client, with the key in the query of every request, unless key is null. */
    private UnsubscribesApi api(String key) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(url);
        client.setReadTimeout(Duration.ofSeconds(30));
        if (key != null) {
            String parameter = "apiKey=" + URLEncoder.encode(key, StandardCharsets.UTF_8);
            client.setRequestInterceptor(request -> {
                URI uri = request.build().uri();
                request.uri(URI.create(uri + (uri.getRawQuery() == null ? "?" : "&") + parameter));
            });
        }
        return new UnsubscribesApi(client);
    }

    private static Object decoded(String operation, String body) {
        try {
            return CLIENT_JSON.readValue(body, MODELS.getOrDefault(operation, Outcome.class));
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static boolean needs(JsonNode call, String what) {
        for (JsonNode need : call.get("needs")) {
            if (need.asText().equals(what)) {
                return true;
            }
        }
        return false;
    }
}
