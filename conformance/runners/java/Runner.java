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
 * - A list that is not in the answer comes as an empty list, without containerDefaultToNull=true. See ./build.
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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;

/** Carries out calls with the generated client, and says what came of them. */
final class Runner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CLIENT_JSON = ApiClient.createDefaultObjectMapper();

    private final String url;
    private final Contract contract;
    private final Outcomes outcomes;

    Runner(String url, Contract contract) {
        this.url = url;
        this.contract = contract;
        this.outcomes = new Outcomes(contract);
    }

    public static void main(String[] arguments) throws IOException {
        Contract contract = new Contract(JSON.readTree(new File(System.getenv("SPEC"))));
        Runner runner = new Runner(System.getenv("CONFORMANCE_URL"), contract);
        for (JsonNode call : JSON.readTree(new File(System.getenv("CONFORMANCE_CALLS")))) {
            System.out.println(JSON.writeValueAsString(runner.report(call).set("case", call.get("case"))));
        }
    }

    private ObjectNode report(JsonNode call) {
        if (requires(call, "xml")) {
            return unsupported("the JSON-only profile has no XML");
        }
        if (requires(call, "look-up")) {
            return unsupported("a generated client makes no second call by itself");
        }
        return new Attempts(call, contract, operation -> attempt(operation, call)).carryOut();
    }

    private static ObjectNode unsupported(String cause) {
        return JSON.createObjectNode().put("unsupported", cause);
    }

    private Verdict attempt(String operation, JsonNode call) {
        Method method = method(operation);
        try {
            ApiResponse<?> response = send(method, operation, call);
            return outcomes.of(operation, response.getData(), response.getStatusCode());
        } catch (IllegalArgumentException e) { // that does not fit the generated method: an id that no long can hold
            return Verdict.last(JSON.createObjectNode().put("result", "not_sent"));
        } catch (ApiException e) {
            if (e.getCode() != 0) {
                return outcomes.of(operation, decoded(method, e.getResponseBody()), e.getCode());
            }
            boolean arrived = e.getCause() instanceof JsonProcessingException;
            return arrived ? Verdict.unreadable(200) : Verdict.noAnswer();
        }
    }

    /** The generated method of an operation: the shortest of those that differ in their parameters. */
    private Method method(String operation) {
        try {
            Class<?> api = Class.forName("org.openapitools.client.api." + contract.group(operation) + "Api");
            return Arrays.stream(api.getMethods())
                    .filter(each -> each.getName().equals(operation + "WithHttpInfo"))
                    .min((one, other) -> one.getParameterCount() - other.getParameterCount())
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private ApiResponse<?> send(Method method, String operation, JsonNode call) throws ApiException {
        String key = call.get("key").asText();
        boolean hasBody = contract.hasBody(operation);
        Object[] arguments = Arrays.stream(method.getParameters())
                .map(parameter -> hasBody ? body(parameter, key, call) : argument(parameter, call))
                .toArray();
        try {
            ApiClient client = client(hasBody ? null : key);
            Object api = method.getDeclaringClass().getConstructor(ApiClient.class).newInstance(client);
            return (ApiResponse<?>) method.invoke(api, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ApiException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The argument of a parameter, by its name: the client is compiled with names. */
    private static Object argument(Parameter parameter, JsonNode call) {
        JsonNode value = call.get("arguments").get(parameter.getName());
        if (value == null) {
            throw new IllegalArgumentException("The generated client has the parameter " + parameter.getName());
        }
        return CLIENT_JSON.convertValue(value, parameter.getType());
    }

    private static Object body(Parameter parameter, String key, JsonNode call) {
        ObjectNode fields = JSON.createObjectNode().put("apiKey", key);
        fields.setAll((ObjectNode) call.get("arguments"));
        return CLIENT_JSON.convertValue(fields, parameter.getType());
    }

    /** The generated client, with the key in the query of every request, unless key is null. */
    private ApiClient client(String key) {
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
        return client;
    }

    private static Object decoded(Method method, String body) {
        Type model = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
        try {
            return CLIENT_JSON.readValue(body, (Class<?>) model);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static boolean requires(JsonNode call, String what) {
        for (JsonNode each : call.get("requires")) {
            if (each.asText().equals(what)) {
                return true;
            }
        }
        return false;
    }
}
