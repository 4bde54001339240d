-- What clients may send is the same at every replica within a second.
CREATE TRIGGER "trusted_document_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "trusted_document"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
