package policyfile

import _ "embed"

// Schema is the JSON Schema of the format, for editors: what they check and complete. It
// is what corscope check --schema prints, and not to be changed.
//
//go:embed policy.schema.json
var Schema []byte
