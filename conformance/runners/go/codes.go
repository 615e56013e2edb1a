package main

type meaning struct{ name, class string }

type codes map[int32]meaning

// document is what is read of the OpenAPI document: which lists of codes an operation has, and what is in them.
type document struct {
	Paths      map[string]pathItem
	Components struct{ Schemas map[string]codeList }
}

// pathItem has the operations; the document has more of one than is used.
type pathItem struct{ Get, Post operation }

type operation struct {
	ID    string   `json:"operationId"`
	Lists []string `json:"x-codes"`
}

type codeList struct {
	Enum    []int32
	Names   []string `json:"x-enum-varnames"`
	Classes []string `json:"x-enum-classes"`
}

// meaningsOf reads what each code means on each operation.
func meaningsOf(path string) map[string]codes {
	if path == "" {
		path = "generated/openapi/json-only.json"
	}
	var spec document
	read(path, &spec)
	meanings := map[string]codes{}
	for _, item := range spec.Paths {
		for _, each := range []operation{item.Get, item.Post} {
			meanings[each.ID] = spec.codesOf(each)
		}
	}
	return meanings
}

// codesOf are the codes of an operation: the first of its lists that has a code decides.
func (d document) codesOf(o operation) codes {
	found := codes{}
	for _, name := range o.Lists {
		list := d.Components.Schemas[name]
		for row, code := range list.Enum {
			if _, taken := found[code]; !taken {
				found[code] = meaning{list.Names[row], list.Classes[row]}
			}
		}
	}
	return found
}
