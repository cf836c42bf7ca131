package intake

import (
	"errors"

	"jingwei/geo"
)

// Reasons for which a file is not read (geo.Error.Reason): pages say them in words of their own.
const (
	reasonEmpty   = "file-empty"
	reasonNoTable = "file-no-table"
	reasonOld     = "file-old"     // a workbook of before 2007, or one with a password
	reasonDamaged = "file-damaged" // whatever else makes it invalid
	reasonLarge   = "file-large"   // it is beyond a limit
)

// unread is geo.ErrInvalid about the file, for a reason.
func unread(reason, message string) error {
	return &geo.Error{Kind: geo.ErrInvalid, Field: "file", Reason: reason, Message: message}
}

// Reasoned gives a refusal of the file as a whole its reason, by its kind where it tells none. Every other error stays as it is; nil stays nil.
func Reasoned(err error) error {
	var fault *geo.Error
	if !errors.As(err, &fault) || fault.Field != "file" || fault.Reason != "" {
		return err
	}
	told := *fault
	switch {
	case errors.Is(fault, geo.ErrTooLarge):
		told.Reason = reasonLarge
	case errors.Is(fault, geo.ErrInvalid):
		told.Reason = reasonDamaged
	}
	return &told
}
