# Makes the fonts beside this file: Latin subsets with tabular digits, and Lucide cut to the icons of ../src/icons.rs.
# Needs fonttools, the Debian packages fonts-inter and fonts-jetbrains-mono, and `lucide-static` unpacked to ./package:
#   npm pack lucide-static && tar xzf lucide-static-*.tgz && python3 subset.py .
import sys, json, re
from fontTools import subset
from fontTools.ttLib import TTFont
OUT=sys.argv[1]
UNI=list(range(0x20,0x7f))+list(range(0xa0,0x180))+[0x2010,0x2011,0x2012,0x2013,0x2014,0x2018,0x2019,0x201a,0x201c,0x201d,0x201e,0x2020,0x2022,0x2026,0x202f,0x2030,0x2032,0x2033,0x2039,0x203a,0x2044,0x20ac,0x2122,0x2190,0x2191,0x2192,0x2193,0x2194,0x21b5,0x2212,0x2215,0x2248,0x2260,0x2264,0x2265,0x2318,0x2325,0x21e7,0x25cf,0x25cb,0x2713,0x2717,0x1e9e,0x2009,0x200b,0x221e,0xfffd,0x25a1]
def cut(src,dst,unis,tnum=False,feat=('kern','mark','ccmp','locl')):
    f=TTFont(src)
    if tnum:
        gsub=f['GSUB'].table
        maps={}
        for fr in gsub.FeatureList.FeatureRecord:
            if fr.FeatureTag=='tnum':
                for li in fr.Feature.LookupListIndex:
                    for st in gsub.LookupList.Lookup[li].SubTable:
                        st=getattr(st,'ExtSubTable',st)
                        if hasattr(st,'mapping'): maps.update(st.mapping)
        for t in f['cmap'].tables:
            for cp,g in list(t.cmap.items()):
                if 0x30<=cp<=0x39 and g in maps: t.cmap[cp]=maps[g]
    o=subset.Options(); o.layout_features=list(feat); o.hinting=False; o.desubroutinize=False; o.name_IDs=[0,1,2,3,4,5,6,13,14]; o.notdef_outline=True; o.glyph_names=False; o.drop_tables+=['DSIG','STAT','meta']
    s=subset.Subsetter(o); s.populate(unicodes=unis); s.subset(f); subset.save_font(f,dst,o)
    import os; print(dst, os.path.getsize(dst), len(f.getGlyphOrder()))
I='/usr/share/fonts/opentype/inter/'
cut(I+'Inter-Regular.otf',OUT+'/Inter-Regular.otf',UNI,True)
cut(I+'Inter-SemiBold.otf',OUT+'/Inter-SemiBold.otf',UNI,True)
cut('/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Medium.ttf',OUT+'/JetBrainsMono-Medium.ttf',UNI,feat=())
cp=json.load(open('package/font/codepoints.json'))
src=open('../src/icons.rs').read()
names=re.findall(r'/// Lucide `([a-z0-9-]+)`',src)
unis=[]
for n in names:
    c=cp[n]; unis.append(c)
    m=re.search(r'/// Lucide `'+n+r'`\n[^\n]*\\u\{([0-9a-f]+)\}',src)
    assert m and int(m.group(1),16)==c, (n,hex(c),m and m.group(1))
cut('package/font/lucide.ttf',OUT+'/lucide.ttf',unis,feat=())
