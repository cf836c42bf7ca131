// Package imports brings organizations from files into the register: it recognises what a file is, lets it be checked, run
// and undone, and gives back the rows that were refused. What is to be done stands in the database, so that any process
// goes on with what another one began.
package imports
