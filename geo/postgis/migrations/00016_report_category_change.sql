-- +goose Up
-- Who shows reports to the public must not go on with the old ones while it reads them anew, as it may after a bulk load:
-- the feed tells both cases apart.
-- +goose StatementBegin
create or replace function jingwei.report_category_changed() returns trigger
    language plpgsql as
$$
declare
    differs boolean;
begin
    if tg_op = 'INSERT' then
        differs := exists (select from new_rows n where not n.sensitive);
    elsif tg_op = 'UPDATE' then
        differs := exists (select o.code, o.sensitive from old_rows o except select n.code, n.sensitive from new_rows n);
    else
        differs := exists (select from old_rows o where not o.sensitive);
    end if;
    if differs then
        perform jingwei.reload('report_categories');
        perform jingwei.reload('reports');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
