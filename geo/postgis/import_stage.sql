-- What the rows of a file say, and what was found wrong with them, of one session.
drop table if exists pg_temp.import_stage, pg_temp.import_found, pg_temp.import_rank;
create temporary table import_stage (
    row           int,
    code          text collate "C",
    name          text collate "C",
    short_name    text,
    kind          text,
    level         text,
    superior      text collate "C",
    division      text collate "C",
    division_code bigint,
    lon_e7        int,
    lat_e7        int,
    source_crs    text,
    accuracy_m    float8,
    address       text,
    phone         text,
    uscc          text,
    valid_from    int,
    superior_col  int,
    division_col  int,
    place_col     int
);
create temporary table import_found (
    row     int,
    col     int,
    field   text,
    value   text,
    reason  text,
    detail  text,
    warning boolean
);
create temporary table import_rank (row int, rank int)
