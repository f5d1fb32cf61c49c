-- The balance of a lot is the sum of its movements, worked out here under lock and nowhere else.
CREATE OR REPLACE FUNCTION vigil_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE clinic_lot SET balance = balance + NEW.quantity WHERE id = NEW.lot_id
        AND site_id = NEW.site_id
        RETURNING balance INTO NEW.balance_after;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such lot at this site' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
