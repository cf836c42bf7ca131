-- +goose Up
-- Programs make the keys that search looks into together with the name. Whoever alters a name by hand alters them, too:
-- pieces of the new name are made here; its pinyin, which no SQL knows, is emptied, so that nothing is found under the old.
-- +goose StatementBegin
create function jingwei.grams(variadic texts text[]) returns text[]
    language sql immutable parallel safe
    begin atomic
        select coalesce(array_agg(distinct piece collate "C" order by piece collate "C"), '{}')
        from unnest(texts) t
        cross join lateral generate_series(1, char_length(t)) i
        cross join lateral (values (substr(lower(t), i, 1)), (substr(lower(t), i, 2))) p (piece);
    end;
-- +goose StatementEnd
comment on function jingwei.grams is 'Pieces of one and two characters of the texts, in lower case: what search looks into';

-- +goose StatementBegin
create function jingwei.organization_version_renamed() returns trigger
    language plpgsql as
$$
begin
    new.grams := jingwei.grams(new.name, new.short_name);
    new.pinyin := '';
    new.initials := '';
    return new;
end
$$;
-- +goose StatementEnd
comment on function jingwei.organization_version_renamed is 'Renews the keys of search when a name is altered without them';
create trigger organization_version_renamed before update of name, short_name on jingwei.organization_version
    for each row
    when ((old.name, old.short_name) is distinct from (new.name, new.short_name)
          and (old.pinyin, old.initials, old.grams) is not distinct from (new.pinyin, new.initials, new.grams))
    execute function jingwei.organization_version_renamed();

-- +goose StatementBegin
create function jingwei.division_renamed() returns trigger
    language plpgsql as
$$
begin
    new.grams := jingwei.grams(new.name);
    new.pinyin := '';
    new.letters := '';
    new.initials := '';
    return new;
end
$$;
-- +goose StatementEnd
comment on function jingwei.division_renamed is 'Renews the keys of search when a name is altered without them';
create trigger division_renamed before update of name on jingwei.division
    for each row
    when (old.name is distinct from new.name
          and (old.pinyin, old.letters, old.initials, old.grams) is not distinct from (new.pinyin, new.letters, new.initials, new.grams))
    execute function jingwei.division_renamed();
