-- +goose Up
create table jingwei.code_list (
    list text constraint code_list_pkey primary key,
    zh   text not null,
    en   text not null
);
comment on table jingwei.code_list is 'Code lists that operators may extend';
insert into jingwei.code_list (list, zh, en) values
    ('organization_kind',   '组织类别',     'Kind of organization'),
    ('organization_level',  '组织层级',     'Level of organization'),
    ('organization_status', '组织状态',     'Status of organization'),
    ('location_source',     '位置来源',     'Source of the location'),
    ('location_state',      '位置核验状态', 'Verification of the location');

create table jingwei.code (
    list text not null
        constraint code_list_fkey references jingwei.code_list,
    code text not null
        constraint code_code_check check (code ~ '^[a-z][a-z0-9_]{0,62}$'),
    zh   text not null,
    en   text not null,
    rank smallint not null default 0,
    constraint code_pkey primary key (list, code)
);
comment on table jingwei.code is 'Values of the code lists with their labels';
comment on column jingwei.code.rank is 'Order in which the values of a list are shown';
insert into jingwei.code (list, code, zh, en, rank) values
    ('organization_kind', 'village_committee',      '村民委员会',       'Village committee', 1),
    ('organization_kind', 'residents_committee',    '居民委员会',       'Residents'' committee', 2),
    ('organization_kind', 'local_committee',        '地方委员会',       'Local committee', 10),
    ('organization_kind', 'working_committee',      '党工委',           'Party working committee', 11),
    ('organization_kind', 'party_committee',        '基层党委',         'Primary party committee', 12),
    ('organization_kind', 'general_branch',         '党总支',           'General party branch', 13),
    ('organization_kind', 'branch',                 '党支部',           'Party branch', 14),
    ('organization_kind', 'joint_branch',           '联合党支部',       'Joint party branch', 15),
    ('organization_kind', 'functional_branch',      '功能型党支部',     'Functional party branch', 16),
    ('organization_kind', 'temporary_branch',       '临时党支部',       'Temporary party branch', 17),
    ('organization_kind', 'mobile_branch',          '流动党员党支部',   'Branch of mobile members', 18),
    ('organization_kind', 'retired_branch',         '离退休党支部',     'Branch of retired members', 19),
    ('organization_kind', 'grid_branch',            '网格党支部',       'Grid party branch', 20),
    ('organization_kind', 'collective_economy',     '集体经济组织',     'Rural collective economic organization', 30),
    ('organization_kind', 'service_centre',         '党群服务中心',     'Service centre', 31),
    ('organization_kind', 'trade_union',            '工会组织',         'Trade union', 32),
    ('organization_kind', 'youth_league',           '共青团组织',       'Youth League', 33),
    ('organization_kind', 'womens_federation',      '妇联组织',         'Women''s federation', 34),
    ('organization_level', 'national',   '全国',     'National', 0),
    ('organization_level', 'province',   '省级',     'Province', 1),
    ('organization_level', 'prefecture', '地级',     'Prefecture', 2),
    ('organization_level', 'county',     '县级',     'County', 3),
    ('organization_level', 'township',   '乡级',     'Township', 4),
    ('organization_level', 'village',    '村级',     'Village or community', 5),
    ('organization_level', 'unit',       '单位',     'Within a unit', 6),
    ('organization_status', 'draft',     '草稿',     'Draft', 1),
    ('organization_status', 'submitted', '已提交',   'Submitted', 2),
    ('organization_status', 'active',    '有效',     'Active', 3),
    ('organization_status', 'retired',   '已撤销',   'Retired', 4),
    ('location_source', 'registered', '登记填报',   'Given at registration', 1),
    ('location_source', 'map',        '图上标绘',   'Placed on the map', 2),
    ('location_source', 'device',     '终端定位',   'Positioned by a device', 3),
    ('location_source', 'survey',     '实地测量',   'Surveyed', 4),
    ('location_source', 'geocoded',   '地址匹配',   'Derived from the address', 5),
    ('location_source', 'imported',   '批量导入',   'Imported', 6),
    ('location_source', 'division',   '区划代表点', 'Point of the division', 7),
    ('location_source', 'generated',  '模拟生成',   'Generated', 8),
    ('location_state', 'reported',  '自主填报', 'Reported', 1),
    ('location_state', 'checked',   '技术校验', 'Checked', 2),
    ('location_state', 'compared',  '人工比对', 'Compared', 3),
    ('location_state', 'approved',  '二次核准', 'Approved', 4),
    ('location_state', 'inspected', '实地检验', 'Inspected', 5),
    ('location_state', 'confirmed', '终端确认', 'Confirmed', 6);
