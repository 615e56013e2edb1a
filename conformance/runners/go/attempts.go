package main

// carryOut makes the attempts of a call. The last one decides, in the light of those before it.
func (r runner) carryOut(c call) report {
	doubt, o, left := false, r.spec.operation(c.Operation), c.Retries
	for {
		said := r.attempt(o, c)
		doubt = doubt || said.MaybeApplied && !o.Safe
		alias := r.spec.alias(o)
		switch {
		case said.unheard && c.Method == "auto" && alias != nil:
			o = alias
		case left > 0 && (said.again == always || said.again == ifIdempotent && o.Idempotent):
			left--
		case said.settles && (doubt || c.AlreadyOK):
			return report{Result: "already_done", Code: said.Code, Message: said.Message}
		default:
			said.MaybeApplied = doubt && said.Result != "done"
			return said
		}
	}
}
