// Every promotion asks for the withdrawals that stand; those that have ended are in no list.
CREATE INDEX withdrawal_standing IF NOT EXISTS FOR (n:Withdrawal) ON (n.standing);
