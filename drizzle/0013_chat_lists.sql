CREATE INDEX "chat_members_user_id_idx" ON "chat_members" USING btree ("user_id","chat_id");
