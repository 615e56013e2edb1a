package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	mp "example.invalid/mailpartner/mailpartner"
)

var once = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableKeepAlives: true},
	Timeout:       30 * time.Second,
}

func clientAt(baseURL string) *mp.APIClient {
	configuration := mp.NewConfiguration()
	configuration.Servers = mp.ServerConfigurations{{URL: baseURL}}
	configuration.HTTPClient = once
	return mp.NewAPIClient(configuration)
}

// send makes one request. It finds the generated methods by their names, so that it need not know the operations:
// a user writes client.UnsubscribesAPI.DeleteUnsubscribe(ctx).Id(300).Execute(). The last result is an error of its own
// for arguments that do not fit, as nothing was sent then.
func (r runner) send(o *operation, c call) (model any, response *http.Response, err, unsent error) {
	ctx := context.WithValue(context.Background(), mp.ContextAPIKeys, map[string]mp.APIKey{"apiKey": {Key: c.Key}})
	request := r.method(exported(o.ID)).Call([]reflect.Value{reflect.ValueOf(ctx)})[0]
	for name, value := range r.argumentsOf(o, c) {
		setter := request.MethodByName(exported(name))
		if !setter.IsValid() {
			return nil, nil, nil, errNoParameter
		}
		argument := reflect.New(setter.Type().In(0))
		if unsent = json.Unmarshal(value, argument.Interface()); unsent != nil {
			return nil, nil, nil, unsent
		}
		request = setter.Call([]reflect.Value{argument.Elem()})[0]
	}
	results := request.MethodByName("Execute").Call(nil)
	response, _ = results[1].Interface().(*http.Response)
	err, _ = results[2].Interface().(error)
	if !results[0].IsNil() {
		model = results[0].Interface()
	}
	return model, response, err, nil
}

// method is that of one of the services, which the client has as fields.
func (r runner) method(name string) reflect.Value {
	services := reflect.ValueOf(r.client).Elem()
	for field := 0; field < services.NumField(); field++ {
		if services.Type().Field(field).IsExported() {
			if method := services.Field(field).MethodByName(name); method.IsValid() {
				return method
			}
		}
	}
	panic("the generated client has no " + name)
}

// argumentsOf are the arguments by the names of the request's setters: a body is one, by the name of its schema.
func (r runner) argumentsOf(o *operation, c call) map[string]json.RawMessage {
	if o.Body == nil {
		return c.Arguments
	}
	body := map[string]any{"apiKey": c.Key}
	for name, value := range c.Arguments {
		body[name] = value
	}
	return map[string]json.RawMessage{last(o.Body.Content["application/json"].Schema.Ref): encoded(body)}
}

func exported(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

func encoded(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// answerFrom is an answer as the generated model has it, with the names of the document; nil where there is none.
func answerFrom(model any) (answer fields) {
	if model == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded(model)))
	decoder.UseNumber()
	if decoder.Decode(&answer) != nil {
		return nil
	}
	return answer
}
