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

	status int  // of an unreadable answer
	done   bool // whether the API said yes
}

type entry struct {
	ID        int64   `json:"id"`
	Email     string  `json:"email"`
	CreatedAt *string `json:"createdAt"`
}

type meaning struct{ name, class string }

type codes map[int32]meaning

// meaningsOf reads what each code means on each operation: the first of its lists that has a code decides.
func meaningsOf(path string) map[string]codes {
	if path == "" {
		path = "openapi-json-only.json"
	}
	var spec struct {
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]struct {
				Enum    []int32
				Names   []string `json:"x-enum-varnames"`
				Classes []string `json:"x-enum-classes"`
			}
		}
	}
	read(path, &spec)
	meanings := map[string]codes{}
	for _, path := range spec.Paths {
		for _, item := range path {
			operation, _ := item.(map[string]any)
			lists, _ := operation["x-codes"].([]any)
			listed := codes{}
			for _, list := range lists {
				schema := spec.Components.Schemas[list.(string)]
				for row, code := range schema.Enum {
					if _, taken := listed[code]; !taken {
						listed[code] = meaning{schema.Names[row], schema.Classes[row]}
					}
				}
			}
			if id, ok := operation["operationId"].(string); ok {
				meanings[id] = listed
			}
		}
	}
	return meanings
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
		return success(told, said, status)
	}
	told.Result, told.Error, told.Name, told.Errors = "refused", meant.class, meant.name, said.GetErrors()
	told.MaybeApplied = meant.class == "server" || !listed && status >= 500
	return told
}

func success(told report, said answer, status int) report {
	told.Result, told.done = "deleted", true
	switch model := said.(type) {
	case *mp.Addition:
		if model.GetStopId() < 1 {
			return unreadable(status)
		}
		told.Result, told.ID = "added", model.GetStopId()
	case *mp.UnsubscribeList:
		if !model.HasData() || model.HasNbData() && int(model.GetNbData()) != len(model.Data) {
			return unreadable(status)
		}
		told.Result, told.Entries = "listed", []entry{}
		for _, row := range model.Data {
			if row.Id < 1 || row.Email == "" {
				return unreadable(status)
			}
			told.Entries = append(told.Entries, entry{row.Id, row.Email, row.CreatedAt})
		}
	}
	return told
}

func unreadable(status int) report {
	if status == http.StatusTooManyRequests {
		return report{Result: "refused", Error: "rate_limit"}
	}
	return report{Result: "unreadable", MaybeApplied: status != http.StatusMethodNotAllowed, status: status}
}
