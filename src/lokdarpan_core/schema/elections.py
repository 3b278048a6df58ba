"""Elections: sheets, results by station and ward, and what is computed from them."""

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import CHAR, JSONB

from lokdarpan_core.schema.columns import TIME, Column, created_at, id_column, table, updated_at

election = table(
    "election",
    id_column(),
    Column("type", Text, nullable=False, comment="GHMC, ASSEMBLY or LOKSABHA"),
    Column("year", SmallInteger, nullable=False),
    Column("round", Text),
    Column("official_ref", Text),
    Column("held_on", Date),
    UniqueConstraint("type", "year", "round", postgresql_nulls_not_distinct=True),
    comment="One election",
)

polling_station = table(
    "polling_station",
    id_column(),
    Column("ps_id", Text, nullable=False),
    Column("name", Text),
    Column("address", Text),
    Column("lat", Double),
    Column("lon", Double),
    Column("ac_id", Text, comment="assembly constituency"),
    Column("pc_id", Text, comment="parliamentary constituency"),
    Column("ward_id", Text, comment="as read; assignments are in station_ward"),
    Column("ward_name", Text, comment="as read"),
    Column("source_meta", JSONB),
    UniqueConstraint("ps_id"),
    comment="A polling station",
)

form20_sheet = table(
    "form20_sheet",
    id_column(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("segment", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", CHAR(64), nullable=False),
    Column("layout", Text, nullable=False),
    Column("disputes", JSONB, nullable=False, server_default=sa.text("'[]'")),
    Column("totals", JSONB, comment="what its totals mean (NOTA in or out), and its footers as printed"),
    Column("postal_votes", JSONB, comment="candidate number -> votes; they belong to the segment, to no ward"),
    Column("imported_at", TIME, nullable=False, server_default=sa.func.now()),
    UniqueConstraint("election_id", "segment"),
    comment="One Form 20 sheet as imported, with what did not add up",
)

result_ps = table(
    "result_ps",
    id_column(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("ps_id", Text, nullable=False),
    Column("candidate_no", Integer),
    Column("party", Text, comment="as printed"),
    Column("candidate", Text),
    Column("votes", Integer),
    Column("total_polled", Integer),
    Column("rejected", Integer),
    Column("sheet_id", BigInteger, ForeignKey("form20_sheet.id")),
    Column("sheet_row", Integer, comment="where it stands in the sheet, from 1"),
    created_at(),
    UniqueConstraint("election_id", "ps_id", "candidate_no", postgresql_nulls_not_distinct=True),
    comment="Votes of one candidate at one polling station",
)
Index("ix_result_ps_ps_id", result_ps.c.ps_id)
Index("ix_result_ps_sheet_id", result_ps.c.sheet_id)

station_turnout = table(
    "station_turnout",
    Column("election_id", BigInteger, ForeignKey("election.id"), primary_key=True),
    Column("ps_id", Text, ForeignKey("polling_station.ps_id"), primary_key=True),
    *(Column(name, Integer) for name in ("electors", "polled", "valid", "rejected", "nota", "tendered")),
    comment="Electors and votes of one polling station, besides the candidates' own",
)

station_ward = table(
    "station_ward",
    Column("ps_id", Text, ForeignKey("polling_station.ps_id"), primary_key=True),
    Column("delimitation_id", Text, ForeignKey("delimitation.id"), nullable=False),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("weight", Double, nullable=False, server_default="1"),
    CheckConstraint("weight > 0 AND weight <= 1", name="weight"),
    comment="Which ward a station's electors live in; weights sum to 1 per station and delimitation",
)
Index("ix_station_ward_ward_id", station_ward.c.ward_id)

ward_segment = table(
    "ward_segment",
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("segment", Text, primary_key=True, comment="assembly constituency, as in form20_sheet.segment"),
    Column("source", Text, nullable=False),
    comment="Which segments a ward lies in: shown, and labelled so, where no station is assigned to the ward",
)

ward_winner = table(
    "ward_winner",
    Column("election_id", BigInteger, ForeignKey("election.id"), primary_key=True),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("party", Text, nullable=False),
    Column("candidate", Text),
    Column("source", Text, nullable=False),
    comment="Who was declared elected in a ward",
)

result_ward_agg = table(
    "result_ward_agg",
    id_column(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("ward_id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("votes", BigInteger, nullable=False),
    Column("vote_share", Double, comment="per cent of valid votes"),
    Column("turnout_pct", Double, comment="polled ÷ electors, per cent"),
    Column("computed_at", TIME, nullable=False, server_default=sa.func.now()),
    UniqueConstraint("election_id", "ward_id", "party"),
    comment="Votes of one party in one ward",
)
Index("ix_result_ward_agg_ward_id", result_ward_agg.c.ward_id)

ward_profile = table(
    "ward_profile",
    id_column(),
    Column("ward_id", Text, nullable=False),
    Column("electors", Integer),
    Column("votes_cast", Integer),
    Column("turnout_pct", Double, comment="per cent"),
    Column("last_winner_party", Text),
    Column("last_winner_year", SmallInteger),
    Column("source", Text),
    updated_at(),
    UniqueConstraint("ward_id"),
    comment="Who votes in a ward",
)

ward_demographics = table(
    "ward_demographics",
    id_column(),
    Column("ward_id", Text, nullable=False),
    *(
        Column(name, Double, comment="share, 0 to 1")
        for name in ("literacy_idx", "muslim_idx", "scst_idx", "secc_deprivation_idx")
    ),
    Column("census_year", SmallInteger),
    Column("estimated", Boolean, nullable=False, server_default=sa.false()),
    Column("source", Text),
    updated_at(),
    UniqueConstraint("ward_id"),
    comment="Who lives in a ward, by the census",
)

ward_features = table(
    "ward_features",
    id_column(),
    Column("ward_id", Text, nullable=False),
    Column("as23_party_shares", JSONB, comment="party -> fraction of valid votes, Assembly 2023"),
    Column("ls24_party_shares", JSONB, comment="party -> fraction of valid votes, Lok Sabha 2024"),
    Column("dvi", JSONB, comment="party -> LS24 share minus AS23 share"),
    Column("incumbency_weakness", JSONB),
    Column("aci_23", Double, comment="INC + BJP share in AS23"),
    Column("turnout_volatility", Double, comment="percentage points"),
    Column("source", Text),
    updated_at(),
    UniqueConstraint("ward_id"),
    comment="What is computed from a ward's results",
)

ward_forecast = table(
    "ward_forecast",
    id_column(),
    Column("ward_id", Text, nullable=False),
    Column("held_on", Date, nullable=False, comment="the day that is forecast"),
    Column("forecast", JSONB, nullable=False, comment="shares, chances and intervals, with what they rest on"),
    Column("source", Text),
    updated_at(),
    UniqueConstraint("ward_id"),
    comment="The newest forecast of a ward, as a job made it",
)
