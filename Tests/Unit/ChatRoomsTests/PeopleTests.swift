// Names that people have, in the scripts in which they write them: all of them are allowed, and no
// two of them are one name.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct PeopleTests {
    static let names = """
        Ann Øyvind Åsa Þórunn Æsa Łukasz Zoë François Íñigo Muñoz Günther Strauß Žofie Jiří Ștefan
        Țepeș Gökçe Ilker İlker Çağla Ğ Őz Ľubomír Ķēniņš Ūna Ąžuolas Ġorġ Ħamrun Ċensa Aŭgusto
        Nguyễn Trần Đặng Phượng Hiếu Ngọc Huế Yến Ọlá Adébáyọ̀ Ṣadé Ńgẹ́ Ŋaa Ɓala Ɗanjuma Ƙarami
        Hawaiʻi Kalākaua Māori Whārangi Ts’o Paral Ǫ́ Łį́į́ʼ Nākai Saʻad Dẽ Ỹsapy
        Ελένη Γιώργος Ἀριστοτέλης Δημήτρης Ὀδυσσεύς Σωκράτης Ψ
        Иван Ольга Юлія Їжак Ґалаґан Љубица Његош Ђорђе Ћирић Ўлад Әлия Қуат Ғалия Ұлан Ҷамшед Өлзий
        Ѓорѓи Ќиро Ҙифа Һаҙиә Ӕхсар Ӂ Рома Сара Тома Наталья
        Արամ Շուշան Միխայիլ Ֆելիքս ნინო გიორგი ქეთევან Ნ
        יוסף שָׁלוֹם מִרְיָם רָחֵל נֹעַ אסתר דוד שׂרה ייִדיש
        محمد فاطمة عَلِيّ مُحَمَّد آمنة إبراهيم یاسمین گلناز پروین کوروش ٹیپو نوشین ئاراس سۆران ېلمىز علی‌رضا
        هٰشم اللّٰه ނާޝިދު އަހުމަދު
        हिन्दी राम सीता लक्ष्मी नहीं ज़ोया बड़ों श्रीमती क्षितिज ऋषि संजय अँधेरा कृष्ण १२ र्‍याक
        বাংলা রবীন্দ্রনাথ ক্ষুদিরাম খণ্ডৎ ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ ਹਰਜਿੰਦਰ ગુજરાતી હેમંત ଓଡ଼ିଆ ଜଗନ୍ନାଥ
        தமிழ் மாதவன் ஸ்ரீ கார்த்திக் తెలుగు శ్రీను ರಾಜ್‌ಕುಮಾರ್ ಕನ್ನಡ മലയാളം ശ്രീജ രാജേഷ് අනුර ශ්‍රීමතී ක්‍රිස්ටීනා
        สมชาย น้ำฝน กิ๊ก ปิ่น ผู้ใหญ่ เก๋ ณัฐฐา ລາວ ບຸນມີ ຜູ້ ខ្មែរ ស្រីពៅ ភ្នំ ប៉ុំ
        မြန်မာ ခင်ညွန့် အောင်ဆန်း ရွှေ မှုံ့ ကြွယ် བོད་ སྒྲོལ རྒྱལ བསྒྲུབས ཚེ
        አበበ ፍቅርተ ᏣᎳᎩ ᓄᓇᕗᑦ ᐃᓄᒃᑎᑐᑦ ⵜⴰⵎⴰⵣⵉⵖⵜ ⴷⴰⵀⵢⴰ ߒߞߏ ߡߊ߬ߡߊ߬ߘߎ 𞤀𞤣𞤤𞤢𞤥 ꕙꔤ ꠍꠤꠟꠐꠤ ᱥᱟᱱᱛᱟᱲ ꯃꯤꯇꯩ 𑄌𑄋𑄴𑄟𑄳𑄦
        ᬩᬮᬶ ꦗꦮ ᮞᮥᮔ᮪ᮓ ᨲᩣ᩠ᨿ ᥖᥭᥰ ꪼꪕ ᦺᦑ ꆈꌠ ꓡꓲꓢꓴ 𖼦𖽛 ᠮᠣᠩᠭᠣᠯ ܐܪܡܝܐ ࡌࡀࡍࡃࡀ
        王小明 李雷 龍之介 龙应台 㐂 𠮷野家 佐藤 さくら タロウ アンナ ﾊﾅｺ 花子ちゃん 山田タロウ 一郎 々 〆 ヴィー ワーグナー
        ㄅㄆㄇ 김민수 이서연 박 ㅋㅋ 李민호 한a MaxMustermann2 user.name-3 7of9 K-9 X Æ 小明Ming サラSara 민수Kim
        วิภาVipa अनिलAnil محمدAli דניDani Արամaram ნინოnino አበበAbebe
        """

    static let all = names.split { $0.isWhitespace }.map(String.init)

    @Test func `Names of people are allowed`() {
        // What is refused in them today stands here, so that nobody takes it for allowed.
        let refused = ["Ts’o", "བོད་"]
        for name in Self.all {
            let fault = Name.fault(in: name, .user)
            #expect(
                (fault == nil) != refused.contains(name), "\(name): \(String(describing: fault))")
        }
        #expect(Self.all.count > 250)
    }

    @Test func `Two people have two names, unless only the case differs`() {
        var owners: [String: String] = [:]
        for name in Self.all {
            let key = NameKey(name).folded
            if let other = owners[key] {
                #expect(["Ilker İlker", "Ნ ნ"].contains("\(other) \(name)"))
            }
            owners[key] = name
        }
    }

    @Test func `However a name is typed, it is the same name`() {
        for name in Self.all {
            let key = NameKey(name)
            for other in [
                name.uppercased().lowercased(), name.precomposedStringWithCanonicalMapping,
                name.decomposedStringWithCanonicalMapping, key.folded,
            ] {
                #expect(NameKey(other) == key, "\(name) \(other)")
            }
        }
    }

    @Test func `A name is allowed in every normal form or in none`() {
        for name in Self.all {
            let composed = Name.fault(in: name.precomposedStringWithCanonicalMapping, .room)
            let decomposed = Name.fault(in: name.decomposedStringWithCanonicalMapping, .room)
            #expect(composed == decomposed, "\(name)")
        }
    }
}
