package geo

// Code is a value of a code list: data in the database, which operators may extend.
type Code struct {
	Code   string
	Zh, En string // what people are shown
}
