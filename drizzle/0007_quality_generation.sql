-- Scores decide which model a route takes, so every replica must learn of them.
CREATE TRIGGER "quality_score_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "quality_score"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
