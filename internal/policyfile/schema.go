package policyfile

import _ "embed"

// Schema is the JSON Schema of the format, for editors: what they check and complete.
//
//go:embed schema/policy.schema.json
var Schema []byte
