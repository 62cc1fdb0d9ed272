def test_smoke(app, connection, connector, company, people, pier, codes):
    from erp.db import db, transaction
    from erp.exchanges.exchange import Message, Answer
    from erp.items.perform import send, accept, reject
    from erp.items import Item, find
    from erp.exchanges.export import export
    from erp.books import records
    from erp.documents import budget
    from lxml import etree
    s=connector().update()
    xsd=etree.XMLSchema(etree.parse("/work/shared/data/qbxml/schema/qbxmlops130.xsd"))
    print(db.session.query(records.Record).count(), s.outcome)
    from erp.moves import counts
    print(counts(connection.id))
    with transaction():
        item = send("job", connection, pier, people.pam)
    print(item.state, item.filter, item.version)
    with transaction():
        accept(item, people.ann, {})
    print(item.state, item.choices)
    with transaction():
        for c in codes: send("cost_code", connection, c, people.adam)
    inc=records.choices(connection.id,"account",("Income",))[0].erp_id
    exp=records.choices(connection.id,"account",("CostOfGoodsSold",))[0].erp_id
    with transaction():
        for c in codes: accept(find(connection.id,c.id), people.ann, {"income_account":inc,"expense_account":exp})
    with transaction():
        x=export(connection,"job",people.ann); y=export(connection,"cost_code",people.ann)
        print(x, y)
    s=connector().update()
    print(s.outcome)
    for i in db.session.query(Item): print(i.kind,i.number,i.state,i.erp_name,i.error,i.result.get("shows"))
    b=budget.open_for(pier, people.pam)
    for n,c in enumerate(codes): budget.add_line(b,c,"O",100050*(n+1))
    budget.lock(b,people.pam,None)
    db.session.commit()
    with transaction():
        bi=send("budget",connection,b,people.pam)
        accept(bi,people.ann,{})
        export(connection,"budget",people.ann)
    s=connector().update()
    print(s.outcome, bi.state, bi.error, bi.result)
    for m in db.session.query(Message):
        d=etree.fromstring(m.body.encode())
        if not xsd.validate(d): print(m.body, xsd.error_log)
    print(m.body)
    for a in db.session.query(Answer): print(a.applied, a.why, a.hresult, a.body[:200])
