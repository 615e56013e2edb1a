package main

import mp "example.invalid/mailpartner/mailpartner"

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

// outcome goes from success and code to what became of the call.
func outcome(c call, said answer, status int, meanings codes) report {
	if said == nil {
		return unreadable(status)
	}
	meant, listed := meanings[said.GetCode()]
	if listed && said.GetSuccess() != (meant.class == "success") {
		return unreadable(status)
	}
	if said.GetSuccess() {
		return success(said, status)
	}
	told := report{"code": said.GetCode(), "message": said.GetMessage(), "result": "refused"}
	if meant.class == "not_found" && c.MissingOK {
		told["result"] = "already_gone"
		return told
	}
	told["maybe_applied"] = meant.class == "server" || !listed && status >= 500
	if listed {
		told["error"], told["name"] = meant.class, meant.name
	}
	if len(said.GetErrors()) > 0 {
		told["errors"] = said.GetErrors()
	}
	return told
}

func success(said answer, status int) report {
	switch model := said.(type) {
	case *mp.Addition:
		if !model.HasStopId() {
			return unreadable(status)
		}
		return report{"result": "added", "code": model.Code, "id": model.GetStopId()}
	case *mp.UnsubscribeList:
		if !model.HasData() || model.HasNbData() && int(model.GetNbData()) != len(model.Data) {
			return unreadable(status)
		}
		entries := []report{}
		for _, row := range model.Data {
			entries = append(entries, report{"id": row.Id, "email": row.Email, "createdAt": row.CreatedAt})
		}
		return report{"result": "listed", "code": model.Code, "entries": entries}
	}
	return report{"result": "deleted", "code": said.GetCode(), "message": said.GetMessage()}
}

func unreadable(status int) report {
	if status == 429 {
		return report{"result": "refused", "error": "rate_limit"}
	}
	return report{"result": "unreadable", "maybe_applied": status != 405}
}
