package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// fields are the fields of an object by their names in the document.
type fields = map[string]any

// report is what became of a call, in the words of the cases.
type report struct {
	Case         string `json:"case"`
	Unsupported  string `json:"unsupported,omitempty"`
	Result       string `json:"result,omitempty"`
	Error        string `json:"error,omitempty"`
	Name         string `json:"name,omitempty"`
	Code         any    `json:"code,omitempty"`
	Message      any    `json:"message,omitempty"`
	MaybeApplied bool   `json:"maybe_applied"`
	Errors       any    `json:"errors"`
	Data         fields `json:"data,omitempty"`

	again   repeat
	unheard bool // whether the API says that it did not look at the request
	settles bool // whether the code says that what was asked for is so already
}

// repeat says for which operations another attempt may help and does no harm.
type repeat int

const (
	never repeat = iota
	ifIdempotent
	always
)

// outcome goes from success and code to what became of a request.
func (d document) outcome(o *operation, said fields, status int) report {
	done, isBoolean := said["success"].(bool)
	if !isBoolean {
		return unreadable(status)
	}
	number, _ := said["code"].(json.Number)
	code, _ := number.Int64()
	meant, listed := d.code(o, code)
	if listed && done != (meant.effect == "applied") {
		return unreadable(status)
	}
	told := report{Code: said["code"], Message: said["message"]}
	if done {
		told.Result = "done"
		if told.Data = d.fieldsOf(said, d.answerOf(o)); told.Data == nil || !whole(told.Data) {
			return report{Result: "unreadable", MaybeApplied: true} // it was done, so it is not repeated
		}
		return told
	}
	told.Result, told.Errors = "refused", said["errors"]
	if !listed {
		return unlisted(told, status)
	}
	told.Error, told.Name = meant.class, meant.name
	told.MaybeApplied = meant.effect == "unknown"
	told.again = map[string]repeat{"not_applied_retry": always, "unknown": ifIdempotent}[meant.effect]
	told.unheard = meant.name == "API_KEY_REQUIRED" // although every request has one
	told.settles = meant.effect == "settles"
	return told
}

// unlisted is a refusal with a code that the document does not list: then the status is all there is to go by.
func unlisted(told report, status int) report {
	if status == http.StatusTooManyRequests {
		told.Error = "rate_limit"
	}
	told.MaybeApplied = status >= 500
	if status >= 500 || asksForAnother(status) {
		told.again = ifIdempotent
	}
	told.unheard = status == http.StatusMethodNotAllowed
	return told
}

func unreadable(status int) report {
	if status == http.StatusTooManyRequests {
		return report{Result: "refused", Error: "rate_limit", again: ifIdempotent}
	}
	unheard := status == http.StatusMethodNotAllowed
	told := report{Result: "unreadable", MaybeApplied: !unheard, unheard: unheard}
	if status < 300 || status >= 500 || asksForAnother(status) {
		told.again = ifIdempotent
	}
	return told
}

func asksForAnother(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests
}

// fieldsOf are the fields of an object that the document names; nil where one that is essential has no value.
func (d document) fieldsOf(value any, s *schema) fields {
	object, _ := value.(fields)
	if object == nil {
		return nil
	}
	found := fields{}
	for name, inner := range s.Properties {
		if value := d.fitting(object[name], d.resolved(inner)); value != nil {
			found[name] = value
		}
	}
	for _, name := range s.Essential {
		text, isText := found[name].(string)
		if found[name] == nil || isText && strings.TrimSpace(text) == "" {
			return nil
		}
	}
	return found
}

// fitting is a value without what has no meaning: a whole number of 64 bits is an id, which begins at 1.
func (d document) fitting(value any, s *schema) any {
	switch value := value.(type) {
	case fields:
		if object := d.fieldsOf(value, s); object != nil {
			return object
		}
		return nil
	case []any:
		items := []any{}
		for _, item := range value {
			fits := d.fitting(item, d.resolved(s.Items))
			if fits == nil {
				return nil
			}
			items = append(items, fits)
		}
		return items
	case json.Number:
		if number, _ := value.Int64(); s.Format == "int64" && number < 1 {
			return nil
		}
	}
	return value
}

// whole says whether a list has the rows that it counts.
func whole(data fields) bool {
	count, counted := data["nbData"].(json.Number)
	rows, _ := data["data"].([]any)
	number, _ := count.Int64()
	return !counted || int(number) == len(rows)
}
