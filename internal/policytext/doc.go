// Package policytext is how policy files are read: values with line and column, and
// everything that is wrong with them. [Read] reads a file, [Faults.Fill] fills structs
// from it, and [Faults.Policies] judges policies and routes.
//
// It is what package policyfile, for programs, and package policycheck, for corscope
// check, have in common. It knows nothing of browsers.
package policytext
