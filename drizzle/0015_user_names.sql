-- Makes what people are found by. It takes a while where there are many, and keeps nobody waiting.
CREATE TABLE "user_names" (
	"user_id" text PRIMARY KEY NOT NULL,
	"layer" text NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
-- Small letters and е for ё, whatever the database's locale is: "C" knows those of ASCII alone.
CREATE FUNCTION "fold_name"("name" text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT translate(lower(coalesce("name", '') COLLATE "C"),
		'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёІЇЄҐЎӘҒҚҢӨҰҮҺҖÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝĞŞİ',
		'абвгдеежзийклмнопрстуфхцчшщъыьэюяеіїєґўәғқңөұүһҗàáâãäåçèéêëìíîïñòóôõöøùúûüýğşi')
$$;
--> statement-breakpoint
-- A user's layer: one of sixteen is above 0, one of sixteen of these above 1, and so on up to 4.
CREATE FUNCTION "name_layer"("user_id" text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT length(substring(md5("user_id") FROM '^0{0,4}'))::text
$$;
--> statement-breakpoint
-- All pieces of a name of these sizes, each behind its layer. Its cost and its being "unsafe" keep
-- the planner from reading whole tables and from starting parallel workers for an answer of 1 ms.
CREATE FUNCTION "name_grams"("layer" text, "name" text, "sizes" integer[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE COST 1000 AS $$
DECLARE
	grams text[] := '{}';
	size integer;
BEGIN
	FOREACH size IN ARRAY "sizes" LOOP
		FOR place IN 1 .. length("name") - size + 1 LOOP
			grams := grams || ("layer" || substr("name", place, size));
		END LOOP;
	END LOOP;
	RETURN grams;
END $$;
--> statement-breakpoint
INSERT INTO "user_names" ("user_id", "layer", "name")
SELECT "id", name_layer("id"), fold_name("username") || E'\n' || fold_name("display_name")
FROM "users";
