create temporary table load_organization (
    code                text collate "C" constraint load_organization_pkey primary key,
    parent_id           bigint,
    kind                text,
    level               text,
    status              text,
    name                text collate "C",
    short_name          text,
    pinyin              text,
    initials            text,
    grams               text[],
    division_code       bigint,
    lon_e7              int,
    lat_e7              int,
    location_source     text,
    location_accuracy_m float8,
    source_crs          text,
    location_state      text,
    address             text,
    phone               text,
    uscc                text,
    id                  bigint,   -- null: retired
    fresh               boolean,  -- made by this load
    path                ltree
) on commit drop
