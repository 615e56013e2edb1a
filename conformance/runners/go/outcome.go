package main

import (
	"net/http"

	mp "example.invalid/mailpartner/mailpartner"
)

// report is what became of a call, in the words of the cases.
type report struct {
	Case         string            `json:"case"`
	Cannot       string            `json:"cannot,omitempty"`
	Result       string            `json:"result,omitempty"`
	Error        string            `json:"error,omitempty"`
	Name         string            `json:"name,omitempty"`
	Code         int32             `json:"code,omitempty"`
	Message      string            `json:"message,omitempty"`
	MaybeApplied bool              `json:"maybe_applied"`
	ID           int64             `json:"id,omitempty"`
	Errors       []mp.OutcomeError `json:"errors"`
	Entries      []entry           `json:"entries"`

	done    bool // whether the API said yes
	again   bool // whether another attempt may help
	unheard bool // whether the API says that it did not look at the request
}

type entry struct {
	ID        int64   `json:"id"`
	Email     string  `json:"email"`
	CreatedAt *string `json:"createdAt"`
}

// outcome goes from success and code to what became of a request.
func outcome(said answer, status int, meanings codes) report {
	if said == nil {
		return unreadable(status)
	}
	meant, listed := meanings[said.GetCode()]
	if listed && said.GetSuccess() != (meant.class == "success") {
		return unreadable(status)
	}
	told := report{Code: said.GetCode(), Message: said.GetMessage()}
	if said.GetSuccess() {
		return success(told, said)
	}
	told.Result, told.Errors = "refused", said.GetErrors()
	if !listed {
		return unlisted(told, status)
	}
	told.Error, told.Name = meant.class, meant.name
	told.MaybeApplied = meant.class == "server"
	told.again = meant.class == "server" || meant.class == "rate_limit"
	told.unheard = meant.name == "API_KEY_REQUIRED" // although every request has one
	return told
}

// unlisted is a refusal with a code that the document does not list: then the status is all there is to go by.
func unlisted(told report, status int) report {
	if status == http.StatusTooManyRequests {
		told.Error = "rate_limit"
	}
	told.MaybeApplied = status >= 500
	told.again = status >= 500 || asksForAnother(status)
	told.unheard = status == http.StatusMethodNotAllowed
	return told
}

func success(told report, said answer) report {
	told.Result, told.done = "deleted", true
	switch model := said.(type) {
	case *mp.Addition:
		if model.GetStopId() < 1 {
			return lacking
		}
		told.Result, told.ID = "added", model.GetStopId()
	case *mp.UnsubscribeList:
		if !whole(model) {
			return lacking
		}
		told.Result, told.Entries = "listed", []entry{}
		for _, row := range model.Data {
			told.Entries = append(told.Entries, entry{row.Id, row.Email, row.CreatedAt})
		}
	}
	return told
}

// lacking is a success without what it should hold. It was done, so it is not repeated.
var lacking = report{Result: "unreadable", MaybeApplied: true}

// whole says whether a list has the rows that it counts, each with an id and an address. One that is left out must be
// counted, as none.
func whole(list *mp.UnsubscribeList) bool {
	for _, row := range list.Data {
		if row.Id < 1 || row.Email == "" {
			return false
		}
	}
	if !list.HasNbData() {
		return list.HasData()
	}
	return int(list.GetNbData()) == len(list.Data)
}

func unreadable(status int) report {
	if status == http.StatusTooManyRequests {
		return report{Result: "refused", Error: "rate_limit", again: true}
	}
	unheard := status == http.StatusMethodNotAllowed
	final := status >= 300 && status < 500 && !asksForAnother(status)
	return report{Result: "unreadable", MaybeApplied: !unheard, again: !final, unheard: unheard}
}

func asksForAnother(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests
}
