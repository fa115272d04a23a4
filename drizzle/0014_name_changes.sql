-- Writes down whose name changes, while the next migration reads the names of all.
CREATE TABLE "name_changes" ("user_id" text NOT NULL);
--> statement-breakpoint
CREATE FUNCTION "keep_user_name"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "name_changes" ("user_id") VALUES (coalesce(NEW."id", OLD."id"));
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "keep_user_name" AFTER INSERT OR DELETE OR UPDATE OF "username", "display_name"
	ON "users" FOR EACH ROW EXECUTE FUNCTION "keep_user_name"();
