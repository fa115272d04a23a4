-- A step of its own, since one request to the database must not take longer than five minutes.
CREATE INDEX "user_names_grams_idx" ON "user_names" USING gin (name_grams("layer", "name", '{2,3}')) WITH (fastupdate=false);
