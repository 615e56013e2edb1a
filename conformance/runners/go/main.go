// The conformance cases with a Go client made by openapi-generator.
//
// How the client is made: see `build` beside this file. The traps:
//   - Without enumClassPrefix=true it does not compile: two lists of codes have a name in common.
//   - Without disallowAdditionalPropertiesIfNotPresent=false the client refuses an answer with a property that the
//     document does not name, although it says that others may appear.
//   - An empty body is no error: at 2xx the model is nil, at any other status it is all zero values.
//   - At 300 and above the answer is in GenericOpenAPIError.Model(), by value; at 2xx it is the first result.
//   - http.Client follows redirects, and repeats a GET by itself where a connection that was kept open is closed: for
//     deleteUnsubscribeWithGet that is a second deletion. It waits for ever unless it has a Timeout.
//   - The key goes into a context, and stands in every URL; so it does in the text of a *url.Error. Log none.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/url"
	"os"
	"reflect"

	mp "example.invalid/mailpartner/mailpartner"
)

type call struct {
	Case      string                     `json:"case"`
	Key       string                     `json:"key"`
	Requires  []string                   `json:"requires"`
	Operation string                     `json:"operation"`
	Arguments map[string]json.RawMessage `json:"arguments"`
	AlreadyOK bool                       `json:"already_ok"`
	Retries   int                        `json:"retries"`
	Method    string                     `json:"method"`
}

var errNoParameter = errors.New("the generated client has no such parameter")

// runner is the generated client, and what it does not know of the document.
type runner struct {
	client *mp.APIClient
	spec   document
}

func (r runner) attempt(o *operation, c call) report {
	said, response, err, unsent := r.send(o, c)
	var failure *mp.GenericOpenAPIError
	var lost *url.Error
	switch {
	case unsent != nil:
		return report{Result: "not_sent"}
	case errors.As(err, &failure):
		said = refused(failure)
	case errors.As(err, &lost) || err != nil && response != nil:
		return report{Result: "no_answer", MaybeApplied: true, again: ifIdempotent}
	case err != nil:
		return report{Result: "not_sent"}
	}
	return r.spec.outcome(o, answerFrom(said), response.StatusCode)
}

// refused is the answer that an error carries, by value; nil where none could be read.
func refused(err *mp.GenericOpenAPIError) any {
	if len(err.Body()) == 0 || err.Model() == nil {
		return nil
	}
	model := reflect.New(reflect.TypeOf(err.Model()))
	model.Elem().Set(reflect.ValueOf(err.Model()))
	return model.Interface()
}

func (r runner) do(c call) report {
	requires := map[string]bool{}
	for _, each := range c.Requires {
		requires[each] = true
	}
	switch {
	case requires["xml"]:
		return report{Unsupported: "the JSON-only profile has no XML"}
	case requires["look-up"]:
		return report{Unsupported: "a generated client makes no second call by itself"}
	}
	return r.carryOut(c)
}

func main() {
	var calls []call
	read(os.Getenv("CONFORMANCE_CALLS"), &calls)
	r := runner{client: clientAt(os.Getenv("CONFORMANCE_URL"))}
	spec := os.Getenv("SPEC")
	if spec == "" {
		spec = "generated/openapi/json-only.json"
	}
	read(spec, &r.spec)
	lines := json.NewEncoder(os.Stdout)
	for _, c := range calls {
		said := r.do(c)
		said.Case = c.Case
		if err := lines.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
}

func read(path string, into any) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}
