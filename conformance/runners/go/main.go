// The conformance cases with a Go client made by openapi-generator.
//
// How the client is made: see `build` beside this file. The traps:
//   - Without enumClassPrefix=true it does not compile: two lists of codes have a name in common.
//   - Without disallowAdditionalPropertiesIfNotPresent=false the client refuses an answer with a property that the
//     document does not name, although it says that others may appear.
//   - An empty body is no error: at 2xx the model is nil, at any other status it is all zero values.
//   - At 300 and above the answer is in GenericOpenAPIError.Model(), by value; at 2xx it is the first result.
//   - http.Client follows redirects, and repeats a GET by itself where a connection that was kept open is closed: for
//     deleteUnsubscribeWithGet that is a second deletion.
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
	MissingOK bool `json:"missing_ok"`
}

type report map[string]any

// answer is what all models of an answer have.
type answer interface {
	GetSuccess() bool
	GetCode() int32
	GetMessage() string
	GetErrors() []mp.OutcomeError
}

var cannot = map[string]string{
	"xml":      "the JSON-only profile has no XML",
	"retry":    "the generated client makes one attempt; to repeat it is the caller's",
	"fallback": "the generated client has one method for each operation; to fall back is the caller's",
}

var once = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableKeepAlives: true},
}

func client(baseURL string) *mp.UnsubscribesAPIService {
	configuration := mp.NewConfiguration()
	configuration.Servers = mp.ServerConfigurations{{URL: baseURL}}
	configuration.HTTPClient = once
	return mp.NewAPIClient(configuration).UnsubscribesAPI
}

// send makes one call of the generated client.
func send(api *mp.UnsubscribesAPIService, c call) (answer, *http.Response, error) {
	ctx := context.WithValue(context.Background(), mp.ContextAPIKeys, map[string]mp.APIKey{"apiKey": {Key: c.Key}})
	switch c.Operation {
	case "listUnsubscribes":
		list, response, err := api.ListUnsubscribes(ctx).Execute()
		return orNil(list), response, err
	case "addUnsubscribe":
		body := mp.NewUnsubscribeAddition(c.Key, c.Arguments.Email)
		addition, response, err := api.AddUnsubscribe(ctx).UnsubscribeAddition(*body).Execute()
		return orNil(addition), response, err
	}
	id, err := strconv.ParseInt(c.Arguments.ID.String(), 10, 64)
	if err != nil {
		return nil, nil, err
	}
	if c.Operation == "deleteUnsubscribeWithGet" {
		outcome, response, err := api.DeleteUnsubscribeWithGet(ctx).Id(id).Execute()
		return orNil(outcome), response, err
	}
	outcome, response, err := api.DeleteUnsubscribe(ctx).Id(id).Execute()
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

func do(baseURL string, c call, meanings map[string]codes) report {
	if len(c.Needs) > 0 && cannot[c.Needs[0]] != "" {
		return report{"cannot": cannot[c.Needs[0]]}
	}
	if len(c.Needs) > 0 && c.Operation == "addUnsubscribe" {
		return report{"cannot": "the generated client checks no address"}
	}
	said, response, err := send(client(baseURL), c)
	var failure *mp.GenericOpenAPIError
	var lost *url.Error
	switch {
	case errors.As(err, &failure):
		said = refused(failure)
	case errors.As(err, &lost) || err != nil && response != nil:
		return report{"result": "no_answer", "maybe_applied": true}
	case err != nil:
		return report{"result": "not_sent"}
	}
	return outcome(c, said, response.StatusCode, meanings[c.Operation])
}

func main() {
	var calls []call
	read(os.Getenv("CONFORMANCE_CALLS"), &calls)
	meanings := meaningsOf(os.Getenv("SPEC"))
	lines := json.NewEncoder(os.Stdout)
	for _, c := range calls {
		said := do(os.Getenv("CONFORMANCE_URL"), c, meanings)
		said["case"] = c.Case
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
