package geo

// OrganizationNode is an organization as the tree of organizations shows it.
type OrganizationNode struct {
	ID       ID
	Name     string
	Kind     string // code list organization_kind
	Level    string // code list organization_level
	Status   string
	Children int // organizations directly below it that the reader may see
}

// NodeCursor is where a page of nodes ended, which are in the order of their names and, where these are the same, of their
// ids. The zero value stands before the first.
type NodeCursor struct {
	Name string
	ID   ID
}
