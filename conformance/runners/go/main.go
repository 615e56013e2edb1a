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
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	mp "example.invalid/mailpartner/mailpartner"
)

type call struct {
	Case      string   `json:"case"`
	Key       string   `json:"key"`
	Needs     []string `json:"needs"`
	Operation string   `json:"operation"`
	Arguments struct {
		ID    json.Number `json:"id"` // may be more than an int64 holds
		Email string      `json:"email"`
	} `json:"arguments"`
	MissingOK bool   `json:"missing_ok"`
	Retries   int    `json:"retries"`
	Method    string `json:"method"`
}

// answer is what all models of an answer have.
type answer interface {
	GetSuccess() bool
	GetCode() int32
	GetMessage() string
	GetErrors() []mp.OutcomeError
}

var once = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableKeepAlives: true},
	Timeout:       30 * time.Second,
}

// runner is the generated client, and what it does not know: the meaning of each code on each operation.
type runner struct {
	api      *mp.UnsubscribesAPIService
	meanings map[string]codes
}

func runnerAt(baseURL string, meanings map[string]codes) runner {
	configuration := mp.NewConfiguration()
	configuration.Servers = mp.ServerConfigurations{{URL: baseURL}}
	configuration.HTTPClient = once
	return runner{mp.NewAPIClient(configuration).UnsubscribesAPI, meanings}
}

// send makes one request with the generated client.
func (r runner) send(operation string, c call) (answer, *http.Response, error) {
	ctx := context.WithValue(context.Background(), mp.ContextAPIKeys, map[string]mp.APIKey{"apiKey": {Key: c.Key}})
	switch operation {
	case "listUnsubscribes":
		list, response, err := r.api.ListUnsubscribes(ctx).Execute()
		return orNil(list), response, err
	case "addUnsubscribe":
		body := mp.NewUnsubscribeAddition(c.Key, c.Arguments.Email)
		addition, response, err := r.api.AddUnsubscribe(ctx).UnsubscribeAddition(*body).Execute()
		return orNil(addition), response, err
	}
	id, err := strconv.ParseInt(c.Arguments.ID.String(), 10, 64)
	if err != nil {
		return nil, nil, err
	}
	if operation == "deleteUnsubscribeWithGet" {
		outcome, response, err := r.api.DeleteUnsubscribeWithGet(ctx).Id(id).Execute()
		return orNil(outcome), response, err
	}
	outcome, response, err := r.api.DeleteUnsubscribe(ctx).Id(id).Execute()
	return orNil(outcome), response, err
}

// orNil keeps a nil pointer from becoming an interface that is not nil.
func orNil[M any, P interface {
	*M
	answer
}](model P) answer {
	if model == nil {
		return nil
	}
	return model
}

// refused is the answer that an error carries; nil where none could be read.
func refused(err *mp.GenericOpenAPIError) answer {
	if len(err.Body()) == 0 {
		return nil
	}
	switch model := err.Model().(type) {
	case mp.Outcome:
		return &model
	case mp.Addition:
		return &model
	case mp.UnsubscribeList:
		return &model
	}
	return nil
}

func (r runner) attempt(operation string, c call) report {
	said, response, err := r.send(operation, c)
	var failure *mp.GenericOpenAPIError
	var lost *url.Error
	switch {
	case errors.As(err, &failure):
		said = refused(failure)
	case errors.As(err, &lost) || err != nil && response != nil:
		return report{Result: "no_answer", MaybeApplied: true, again: true}
	case err != nil:
		return report{Result: "not_sent"}
	}
	return outcome(said, response.StatusCode, r.meanings[operation])
}

func (r runner) do(c call) report {
	needs := map[string]bool{}
	for _, need := range c.Needs {
		needs[need] = true
	}
	if needs["xml"] {
		return report{Cannot: "the JSON-only profile has no XML"}
	}
	said := r.carryOut(c)
	if needs["check"] && said.Result != "not_sent" {
		return report{Cannot: "the generated client does not check this argument"}
	}
	return said
}

func main() {
	var calls []call
	read(os.Getenv("CONFORMANCE_CALLS"), &calls)
	r := runnerAt(os.Getenv("CONFORMANCE_URL"), meaningsOf(os.Getenv("SPEC")))
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
