package main

import "strings"

const onlyReads = "listUnsubscribes" // nothing can come of it at the server

// carryOut makes the attempts of a call. The last one decides, in the light of those before it.
func (r runner) carryOut(c call) report {
	doubt, operation, left := false, c.Operation, c.Retries
	for {
		said := r.attempt(operation, c)
		doubt = doubt || said.MaybeApplied && operation != onlyReads
		switch {
		case said.unheard && c.Method == "auto" && operation == "deleteUnsubscribe":
			operation = "deleteUnsubscribeWithGet"
		case said.again && left > 0:
			left--
		default:
			return r.settled(said, c, doubt)
		}
	}
}

// settled is what the last answer means after the attempts before it. Where one of them may have been done, an unknown
// id is one that is gone, and an address that is listed already is one that was added.
func (r runner) settled(said report, c call, doubt bool) report {
	if said.done {
		return said
	}
	if said.Error == "not_found" && (c.MissingOK || doubt) {
		return report{Result: "already_gone", Code: said.Code, Message: said.Message}
	}
	if doubt && said.Name == "ALREADY_LISTED" {
		if added, found := r.addedBefore(c); found {
			return added
		}
	}
	said.MaybeApplied = doubt
	return said
}

// addedBefore looks an address up in the list, which has the id that was lost with the answer to its addition.
func (r runner) addedBefore(c call) (added report, found bool) {
	list := r.attempt("listUnsubscribes", c)
	for _, row := range list.Entries {
		if folded(row.Email) == folded(c.Arguments.Email) {
			added = report{Result: "added", Code: list.Code, Message: list.Message, ID: row.ID}
			found = true
		}
	}
	return added, found
}

// folded is an address as it is compared: case counts before the @ (RFC 5321, 2.4), never after it.
func folded(email string) string {
	at := strings.LastIndex(email, "@") + 1
	return email[:at] + strings.ToLower(email[at:])
}
