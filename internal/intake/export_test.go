package intake

// NamedCauses are all causes that words stand for here, by their IDs in package diagnose's catalogue.
func NamedCauses() []string {
	causes := []string{causeOnRequest, "answer-is-an-error"}
	for _, s := range signs {
		causes = append(causes, s.cause)
	}
	for _, u := range usual {
		causes = append(causes, u.cause)
	}
	return causes
}
