// Package spelling measures slips of the pen, for hints that name what was most likely meant.
package spelling

// Distance returns how many bytes must be added, dropped or replaced to get from a to b (Levenshtein), or some number above limit if
// it is more than limit. It takes len(a)*len(b) steps at the most, and none where the lengths alone differ by more than limit.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1) // of the distances from a[:i] to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
