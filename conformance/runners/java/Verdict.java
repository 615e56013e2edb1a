import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What one attempt came to.
 *
 * @param report what is said of it, in the words of the cases
 * @param again for which operations another attempt may help and does no harm
 * @param unheard whether the API says that it did not look at the request
 * @param settles whether the code says that what was asked for is so already
 */
record Verdict(ObjectNode report, Again again, boolean unheard, boolean settles) {
    enum Again { NEVER, IF_IDEMPOTENT, ALWAYS }

    private Verdict(ObjectNode report, Again again, boolean unheard) {
        this(report, again, unheard, false);
    }

    /** A success, or what was never sent: no attempt after it could bring more. */
    static Verdict last(ObjectNode report) {
        return new Verdict(report, Again.NEVER, false);
    }

    /** A success that lacks what is essential. It was done, so it is not repeated. */
    static Verdict lacking() {
        return last(failure("unreadable", true));
    }

    static Verdict noAnswer() {
        return new Verdict(failure("no_answer", true), Again.IF_IDEMPOTENT, false);
    }

    static Verdict unreadable(int status) {
        if (status == 429) {
            return new Verdict(failure("refused", false).put("error", "rate_limit"), Again.IF_IDEMPOTENT, false);
        }
        boolean unheard = status == 405;
        boolean blamesRequest = status >= 300 && status < 500 && !asksForAnother(status);
        Again again = blamesRequest ? Again.NEVER : Again.IF_IDEMPOTENT;
        return new Verdict(failure("unreadable", !unheard), again, unheard);
    }

    /** A refusal with a code that the document lists. */
    static Verdict refused(Contract.Code code) {
        boolean unknown = code.effect().equals("unknown");
        ObjectNode report = failure("refused", unknown).put("error", code.error()).put("name", code.name());
        boolean later = code.effect().equals("not_applied_retry");
        Again again = later ? Again.ALWAYS : unknown ? Again.IF_IDEMPOTENT : Again.NEVER;
        boolean keyNotSeen = code.name().equals("API_KEY_REQUIRED"); // although every request has one
        return new Verdict(report, again, keyNotSeen, code.effect().equals("settles"));
    }

    /** A refusal with a code that the document does not list: then the status is all there is to go by. */
    static Verdict refused(int status) {
        boolean server = status >= 500;
        ObjectNode report = failure("refused", server).put("error", status == 429 ? "rate_limit" : null);
        Again again = server || asksForAnother(status) ? Again.IF_IDEMPOTENT : Again.NEVER;
        return new Verdict(report, again, status == 405);
    }

    boolean is(String result) {
        return report.path("result").asText().equals(result);
    }

    private static boolean asksForAnother(int status) {
        return status == 408 || status == 429;
    }

    private static ObjectNode failure(String result, boolean maybeApplied) {
        return JsonNodeFactory.instance.objectNode().put("result", result).put("maybe_applied", maybeApplied);
    }
}
