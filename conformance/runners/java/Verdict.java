import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What one attempt came to.
 *
 * @param report what is said of it, in the words of the cases
 * @param again whether another attempt may help
 * @param unheard whether the API says that it did not look at the request
 */
record Verdict(ObjectNode report, boolean again, boolean unheard) {
    /** A success, or what was never sent: no attempt after it could bring more. */
    static Verdict last(ObjectNode report) {
        return new Verdict(report, false, false);
    }

    /** A success that lacks what it should hold. It was done, so it is not repeated. */
    static Verdict lacking() {
        return last(failure("unreadable", true));
    }

    static Verdict noAnswer() {
        return new Verdict(failure("no_answer", true), true, false);
    }

    static Verdict unreadable(int status) {
        if (status == 429) {
            return new Verdict(failure("refused", false).put("error", "rate_limit"), true, false);
        }
        boolean unheard = status == 405;
        boolean blamesRequest = status >= 300 && status < 500 && !asksForAnother(status);
        return new Verdict(failure("unreadable", !unheard), !blamesRequest, unheard);
    }

    /** A refusal with a code that the document lists. */
    static Verdict refused(String name, String error) {
        boolean server = error.equals("server");
        ObjectNode report = failure("refused", server).put("error", error).put("name", name);
        boolean keyNotSeen = name.equals("API_KEY_REQUIRED"); // although every request has one
        return new Verdict(report, server || error.equals("rate_limit"), keyNotSeen);
    }

    /** A refusal with a code that the document does not list: then the status is all there is to go by. */
    static Verdict refused(int status) {
        boolean server = status >= 500;
        ObjectNode report = failure("refused", server).put("error", status == 429 ? "rate_limit" : null);
        return new Verdict(report, server || asksForAnother(status), status == 405);
    }

    private static boolean asksForAnother(int status) {
        return status == 408 || status == 429;
    }

    private static ObjectNode failure(String result, boolean maybeApplied) {
        return JsonNodeFactory.instance.objectNode().put("result", result).put("maybe_applied", maybeApplied);
    }
}
