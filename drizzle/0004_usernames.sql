-- Makes usernames unique without regard to case. It reads and sorts all of them, so it is a
-- transaction of its own: who reads goes on
-- meanwhile, who writes to "users" waits.
LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
-- The original compared usernames with regard to case, so "Ivan" and "ivan" could be two people.
-- The older account keeps the name; each younger
-- one gets the name in lower case with the first free number behind it, and the change is written
-- down in renamed_usernames.
DO $$
DECLARE
	clash record;
	candidate text;
	n integer;
BEGIN
	FOR clash IN
		SELECT id, username FROM (
			SELECT id, username, row_number() OVER (
				PARTITION BY lower(username) ORDER BY created_at NULLS LAST, id
			) AS place
			FROM users WHERE username IS NOT NULL
		) AS named WHERE place > 1 ORDER BY lower(username), place
	LOOP
		n := 2;
		LOOP
			candidate := left(lower(clash.username), 31 - length(n::text)) || '_' || n;
			EXIT WHEN NOT EXISTS (SELECT FROM users WHERE lower(username) = candidate);
			n := n + 1;
		END LOOP;
		UPDATE users SET username = candidate WHERE id = clash.id;
		INSERT INTO renamed_usernames (user_id, old_username, new_username)
			VALUES (clash.id, clash.username, candidate);
	END LOOP;
END $$;
--> statement-breakpoint
-- Made under names of their own, and then put in place of what is there: that alone keeps readers
-- out, for a moment.
DO $$
DECLARE
	has_key boolean := EXISTS (
		SELECT FROM pg_constraint
		WHERE conname = 'users_username_key' AND conrelid = '"users"'::regclass
			AND pg_get_constraintdef(oid) = 'UNIQUE (username)'
	);
	has_index boolean := EXISTS (
		SELECT FROM pg_index WHERE indexrelid = to_regclass('idx_users_username')
			AND indisunique AND indisvalid AND pg_get_expr(indexprs, indrelid) = 'lower(username)'
	);
BEGIN
	IF NOT has_key THEN
		CREATE UNIQUE INDEX "users_username_new_key" ON "users" ("username");
	END IF;
	IF NOT has_index THEN
		CREATE UNIQUE INDEX "idx_users_username_new" ON "users" (lower("username"));
	END IF;
	IF NOT has_key THEN
		ALTER TABLE "users" DROP CONSTRAINT IF EXISTS "users_username_key";
		ALTER INDEX "users_username_new_key" RENAME TO "users_username_key";
		ALTER TABLE "users" ADD CONSTRAINT "users_username_key" UNIQUE USING INDEX "users_username_key";
	END IF;
	IF NOT has_index THEN
		DROP INDEX IF EXISTS "idx_users_username";
		ALTER INDEX "idx_users_username_new" RENAME TO "idx_users_username";
	END IF;
END $$;
