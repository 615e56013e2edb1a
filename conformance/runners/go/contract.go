package main

import (
	"encoding/json"
	"strconv"
	"strings"
)

type meaning struct{ name, class, effect string }

// document is what is read of the OpenAPI document.
type document struct {
	Paths      map[string]pathItem
	Components struct {
		Schemas   map[string]*schema
		Responses map[string]*response
	}
}

// pathItem has the operations; the document has more of one than is used.
type pathItem struct{ Get, Post *operation }

type operation struct {
	ID         string    `json:"operationId"`
	AliasOf    string    `json:"x-alias-of"`
	Safe       bool      `json:"x-safe"`
	Idempotent bool      `json:"x-idempotent"`
	Lists      []string  `json:"x-codes"`
	Body       *response `json:"requestBody"`
	Responses  map[string]*response
}

// response is an answer or the body of a request.
type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema *schema }
}

// schema is what a value must be, or a list of codes.
type schema struct {
	Ref        string `json:"$ref"`
	Format     string
	Essential  []string `json:"x-essential"`
	Properties map[string]*schema
	Items      *schema
	Enum       []json.RawMessage
	Names      []string `json:"x-enum-varnames"`
	Classes    []string `json:"x-enum-classes"`
	Effects    []string `json:"x-enum-effects"`
}

// find gives the operation that fits, nil where none does.
func (d document) find(fits func(*operation) bool) *operation {
	for _, item := range d.Paths {
		for _, each := range []*operation{item.Get, item.Post} {
			if each != nil && fits(each) {
				return each
			}
		}
	}
	return nil
}

func (d document) operation(id string) *operation {
	return d.find(func(each *operation) bool { return each.ID == id })
}

// alias is the same by another HTTP method; nil where there is none.
func (d document) alias(o *operation) *operation {
	return d.find(func(each *operation) bool { return each.AliasOf == o.ID })
}

// code is what a code means: the first list of the operation that has it decides.
func (d document) code(o *operation, code int64) (meaning, bool) {
	for _, name := range o.Lists {
		list := d.Components.Schemas[name]
		for row, each := range list.Enum {
			if string(each) == strconv.FormatInt(code, 10) {
				return meaning{list.Names[row], list.Classes[row], list.Effects[row]}, true
			}
		}
	}
	return meaning{}, false
}

func (d document) answerOf(o *operation) *schema {
	answer := o.Responses["200"]
	if answer.Ref != "" {
		answer = d.Components.Responses[last(answer.Ref)]
	}
	return d.resolved(answer.Content["application/json"].Schema)
}

func (d document) resolved(s *schema) *schema {
	if s.Ref != "" {
		return d.Components.Schemas[last(s.Ref)]
	}
	return s
}

func last(reference string) string {
	return reference[strings.LastIndex(reference, "/")+1:]
}
