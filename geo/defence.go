package geo

// Defence is a way in which the database itself keeps what is hidden from whoever may not see it, should this program ask
// for too much.
type Defence struct {
	Name   string // stable: public_role, app_role, index_role, row_security, spatial_index, audit_triggers
	What   string // a sentence on what it does
	Active bool
	Remedy string // what a superuser runs in the database to have it, in SQL; then jingwei migrate. "" when active
}
