package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"jingwei/geo"
)

// explain turns what the database refused into an error of package geo: a broken constraint becomes a *geo.Error that
// names the field, by SQLSTATE and the constraint's name; what passes with time becomes geo.ErrUnavailable. Other
// errors stay as they are.
func explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return fmt.Errorf("%w: %w", geo.ErrUnavailable, err)
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		if broken(err) {
			return fmt.Errorf("%w: %w", geo.ErrUnavailable, err)
		}
		return err
	}
	switch refused.Code {
	case "23505", "23503", "23514", "23P01":
		if fault, ok := faults()[refused.ConstraintName]; ok {
			fault.Message = strings.ReplaceAll(fault.Message, "$detail", refused.Detail)
			return &fault
		}
	// NUL or bytes that are no UTF-8, in whatever field
	case "22021", "22P05":
		return &geo.Error{Kind: geo.ErrInvalid, Message: "a text holds a character that cannot be stored"}
	// serialization failure, deadlock, lock timeout, statement timeout or conflict with recovery, out of connections,
	// shutting down, crashed, starting up
	case "40001", "40P01", "55P03", "57014", "53300", "57P01", "57P02", "57P03":
		return fmt.Errorf("%w: %w", geo.ErrUnavailable, err)
	}
	return err
}

// broken reports whether a connection ended by itself, as when the server was killed: the next one is a new one.
func broken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// faults says what the breach of a constraint means to the one who gave the input. $detail is the server's detail,
// which only our own triggers fill with something to show.
func faults() map[string]geo.Error {
	invalid := func(field, message string) geo.Error {
		return geo.Error{Kind: geo.ErrInvalid, Field: field, Message: message}
	}
	conflict := func(field, message string) geo.Error {
		return geo.Error{Kind: geo.ErrConflict, Field: field, Message: message}
	}
	return map[string]geo.Error{
		"organization_code_key":                      conflict("code", "another organization has this code"),
		"load_organization_pkey":                     conflict("code", "two of the organizations have one code: $detail"),
		"load_division_pkey":                         conflict("code", "two of the divisions have one code and day: $detail"),
		"load_shape_pkey":                            conflict("code", "two of the shapes have one code: $detail"),
		"organization_request_key":                   conflict(requestField, "this request was carried out"),
		"organization_code_check":                    invalid("code", "a code has at most 100 characters"),
		"organization_version_valid_excl":            conflict("valid_from", "another version holds for some of these days"),
		"organization_version_valid_check":           invalid("valid_from", "the days of validity are empty"),
		"organization_version_valid_finite_check":    invalid("valid_from", "a day of validity is a date or open, not infinity"),
		"division_valid_finite_check":                invalid("valid_from", "a day of validity is a date or open, not infinity"),
		"division_valid_check":                       invalid("valid_from", "the days of validity are empty"),
		"organization_version_parent_fkey":           conflict("parent", "there is no such organization"),
		"organization_version_parent_check":          invalid("parent", "an organization cannot be its own superior"),
		"organization_version_name_check":            invalid("name", "a name has 1 to 200 characters"),
		"organization_version_short_name_check":      invalid("short_name", "a short name has at most 200 characters"),
		"organization_version_address_check":         invalid("address", "an address has at most 500 characters"),
		"organization_version_phone_check":           invalid("phone", "a phone number has at most 40 characters"),
		"organization_version_accuracy_check":        invalid("location_accuracy_m", "an accuracy is 0 to 10,000,000 metres"),
		"organization_version_source_crs_check":      invalid("source_crs", "the name of a coordinate system has 1 to 40 characters"),
		"organization_version_lon_check":             invalid("location", "longitude must lie within -180 and 180"),
		"organization_version_lat_check":             invalid("location", "latitude must lie within -90 and 90"),
		"organization_version_uscc_check":            invalid("uscc", "this is not a unified social credit code: 18 characters, the last one a check character"),
		"organization_version_kind_known":            invalid("kind", "\"$detail\" is not in the code list organization_kind"),
		"organization_version_level_known":           invalid("level", "\"$detail\" is not in the code list organization_level"),
		"organization_version_status_known":          invalid("status", "\"$detail\" is not in the code list organization_status"),
		"organization_version_location_source_known": invalid("location_source", "\"$detail\" is not in the code list location_source"),
		"organization_version_location_state_known":  invalid("location_state", "\"$detail\" is not in the code list location_state"),
		"organization_version_division_known":        invalid("division", "there is no division $detail"),
		"organization_version_jurisdiction_check":    invalid("jurisdiction", "the area is empty or its borders cross"),
		"report_category_reported":                   conflict("category", "reports are of the category $detail: give them another one first"),
		"report_category_known":                      invalid("category", "there is no category of reports \"$detail\""),
		"report_state_known":                         invalid("state", "\"$detail\" is not in the code list report_state"),
		"report_channel_known":                       invalid("channel", "\"$detail\" is not in the code list report_channel"),
		"report_division_known":                      invalid("division", "there is no division $detail"),
		"report_organization_known":                  conflict("organization", "there is no organization $detail"),
		"report_grid_known":                          conflict("grid", "there is no grid $detail"),
		"report_text_check":                          invalid("text", "a text has at most 10,000 characters"),
		"report_lon_check":                           invalid("location", "longitude must lie within -180 and 180"),
		"report_lat_check":                           invalid("location", "latitude must lie within -90 and 90"),
		"report_accuracy_check":                      invalid("location_accuracy_m", "an accuracy is 0 to 10,000,000 metres"),
		"report_status_check":                        invalid("status", "the status does not follow from the state"),
		"report_visibility_check":                    invalid("visibility", "visibility is public or restricted"),
		"report_duplicate_of_fkey":                   conflict("duplicate_of", "there is no such report"),
		"report_duplicate_of_check":                  invalid("duplicate_of", "a report is no duplicate of itself"),
		"report_received_at_check":                   invalid("received_at", "the time of receipt is a time, not infinity"),
		"report_times_check":                         invalid("received_at", "no step comes before the receipt"),
		"report_redo_check":                          invalid("redo", "a count is not negative"),
		"report_handover_check":                      invalid("handover", "a count is not negative"),
		"grid_kind_known":                            invalid("kind", "\"$detail\" is not in the code list grid_kind"),
		"grid_division_known":                        invalid("division", "there is no division $detail"),
		"grid_reported":                              conflict("grid", "reports belong to grid $detail: give them another one first"),
		"grid_organization_fkey":                     conflict("organization", "there is no such organization"),
		"grid_code_check":                            invalid("code", "a code has 1 to 100 characters"),
		"grid_name_check":                            invalid("name", "a name has 1 to 200 characters"),
		"grid_geometry_check":                        invalid("geometry", "the shape is empty or its borders cross"),
		"grid_valid_check":                           invalid("valid_from", "the days of validity are empty"),
		"grid_valid_finite_check":                    invalid("valid_from", "a day of validity is a date or open, not infinity"),
		"grid_code_valid_excl":                       conflict("code", "another grid has this code on some of these days"),
		"division_code_check":                        invalid("code", "a division code has 12 digits"),
		"division_code_level_valid_excl":             conflict("valid_from", "the division exists already for some of these days"),
		"division_parent_check":                      invalid("parent", "a province has no parent"),
		"division_name_check":                        invalid("name", "a name has 1 to 200 characters"),
		"division_level_check":                       invalid("level", "a level is 1 to 5"),
		"division_shape_geometry_check":              invalid("geometry", "the shape is empty"),
		"division_shape_zoom_check":                  invalid("zoom", "zooms go from 0 to 30"),
		"division_shape_zoom_excl":                   conflict("zoom", "two of the shapes of a code are for the same zooms"),
		"boundary_line_pkey":                         conflict("name", "two of the lines have one kind and name"),
		"boundary_line_geometry_check":               invalid("geometry", "the line is empty"),
		"boundary_set_default_key":                   conflict("default", "another boundary set is the default"),
		"account_name_key":                           conflict("name", "another account has this name"),
		"account_organization_fkey":                  conflict("organization", "there is no such organization"),
		"account_display_name_check":                 invalid("display_name", "a display name has 1 to 200 characters"),
		"role_grant_key":                             conflict("role", "the account has this grant already"),
		"role_grant_organization_fkey":               conflict("organization", "there is no such organization"),
		"role_grant_valid_check":                     invalid("valid_to", "the grant must begin before it ends"),
		"role_grant_valid_finite_check":              invalid("valid_from", "a day of validity is a date or open, not infinity"),
		"token_name_check":                           invalid("name", "a name has 1 to 200 characters"),
	}
}
